package setup

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/liegg/lab/kernel/internal/system"
)

// A choice is the backend that cells will use, and the reason.
type choice struct {
	Backend string // as GoMLX takes it: "go", or "xla:" with the path of a plugin
	Why     string
	// Compiler tells that cells are linked with cgo.
	Compiler bool
}

// ChooseBackend decides by what the user asked for, what is prepared and what
// the machine has.
func ChooseBackend(p Paths) choice {
	c := choice{Compiler: HasCompiler()}
	switch {
	case os.Getenv("LIEGG_BACKEND") != "":
		c.Backend, c.Why = os.Getenv("LIEGG_BACKEND"), "LIEGG_BACKEND selects it"
	case !c.Compiler:
		c.Backend, c.Why = "go", "XLA needs a C compiler and there is none; install gcc or clang"
	case os.Getenv("LIEGG_PLUGIN") != "":
		c.Backend, c.Why = "xla:"+os.Getenv("LIEGG_PLUGIN"), "LIEGG_PLUGIN names the plugin"
	case system.Exists(p.cudaPlugin()) && HasNVIDIA():
		if err := CheckDriver(Driver()); err != nil {
			c.Backend, c.Why = withoutGPU(p)
			c.Why += "; " + err.Error()
			break
		}
		c.Backend, c.Why = "xla:"+p.cudaPlugin(), "there is an NVIDIA GPU, and the CUDA plugin is prepared"
	default:
		c.Backend, c.Why = withoutGPU(p)
	}
	return c
}

// withoutGPU chooses among the backends that compute on the CPU.
func withoutGPU(p Paths) (backend, why string) {
	switch {
	case system.Exists(p.plugin()) && pluginSound(p, false) != nil:
		return "go", "XLA's CPU plugin is damaged; run: go run ./kernel prepare xla"
	case system.Exists(p.plugin()):
		return "xla:" + p.plugin(), "XLA's CPU plugin is prepared"
	case !HasWheels:
		return "go", "there is no pinned XLA plugin for this system; LIEGG_PLUGIN may name one"
	default:
		return "go", "XLA's CPU plugin is not prepared; run: go run ./kernel prepare xla"
	}
}

// CheckBackend returns an error if the user has named, by --backend or in the
// environment, something that cannot be a backend of GoMLX.
func CheckBackend() error {
	if config := os.Getenv("LIEGG_BACKEND"); config != "" {
		if err := checkConfig(config); err != nil {
			return fmt.Errorf("the backend %q (--backend or LIEGG_BACKEND): %w", config, err)
		}
		return nil
	}
	if plugin := os.Getenv("LIEGG_PLUGIN"); plugin != "" {
		if err := checkPlugin(plugin); err != nil {
			return fmt.Errorf("the plugin %q (LIEGG_PLUGIN): %w", plugin, err)
		}
	}
	return nil
}

func checkConfig(config string) error {
	name, plugin, _ := strings.Cut(config, ":")
	switch name {
	case "go":
		return nil
	case "xla":
		plugin, _, _ = strings.Cut(plugin, ",") // options follow the comma
		return checkPlugin(plugin)
	}
	return errors.New("there is no such backend, only go and xla:/path/of/a/plugin.so")
}

// checkPlugin checks a plugin as GoMLX takes it: the path of a file, or a
// name by which GoMLX finds one in its folders.
func checkPlugin(plugin string) error {
	if filepath.IsAbs(plugin) {
		info, err := os.Stat(plugin)
		if err == nil && !info.Mode().IsRegular() {
			err = errors.New("it is not a file")
		}
		return err
	}
	if strings.ContainsRune(plugin, filepath.Separator) {
		return errors.New("give the plugin's absolute path: cells run in the folder of the notebook")
	}
	if plugin == "" {
		plugin = "*"
	}
	for _, folder := range pluginFolders() {
		// A version may come between the name and "plugin".
		found, err := filepath.Glob(filepath.Join(folder, "pjrt_c_api_"+plugin+"*_plugin.*"))
		if err == nil && len(found) > 0 {
			return nil
		}
	}
	return errors.New("GoMLX has no plugin of this name in its folders; leave the backend out to use the one that the lab prepares, or give a plugin's path: xla:/path/of/a/plugin.so")
}

// pluginFolders returns the folders in which GoMLX looks for plugins by name.
func pluginFolders() []string {
	folders := filepath.SplitList(os.Getenv("PJRT_PLUGIN_LIBRARY_PATH"))
	if home, err := os.UserHomeDir(); err == nil {
		folders = append(folders, filepath.Join(home, ".local", "lib", "go-xla"), filepath.Join(home, ".local", "lib", "go-xla", "nvidia"),
			filepath.Join(home, "Library", "Application Support", "go-xla"))
	}
	folders = append(folders, "/usr/local/lib/go-xla", "/usr/local/lib/go-xla/nvidia", "/usr/local/lib/gomlx/pjrt")
	return append(folders, filepath.SplitList(os.Getenv("LD_LIBRARY_PATH"))...)
}
