// Command gomlxinstaller has GoMLX fetch its own build of XLA's CPU plugin
// into the folder given, for machines that no wheel fits.
package main

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/gomlx/go-xla/installer"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: gomlxinstaller FOLDER")
		os.Exit(2)
	}
	if err := install(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, "gomlxinstaller:", err)
		os.Exit(1)
	}
}

// install fetches the plugin, whose name carries a version, and gives it the
// name that cells look for.
func install(dir string) error {
	if err := installer.CPUAutoInstall(dir, false, installer.Quiet); err != nil {
		return err
	}
	found, err := filepath.Glob(filepath.Join(dir, "pjrt_c_api_cpu_*plugin.*"))
	if err != nil || len(found) == 0 {
		return fmt.Errorf("the installer has left no plugin in %s", dir)
	}
	return os.Symlink(filepath.Base(found[0]), filepath.Join(dir, "pjrt_c_api_cpu_plugin.so"))
}
