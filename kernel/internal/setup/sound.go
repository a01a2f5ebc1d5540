package setup

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/liegg/lab/kernel/internal/system"
)

// pluginSound returns an error unless the plugin is one of the pinned ones,
// or one that the user has installed. Its SHA-256 is computed only if its
// size or time has changed since the last successful check, or if all is set.
func pluginSound(p Paths, all bool) error {
	info, err := os.Lstat(p.plugin())
	if err != nil || !info.Mode().IsRegular() {
		return nil // missing, or a link to the user's own
	}
	note, stands := filepath.Join(p.Cache, "stamp", "xla-checked"), fmt.Sprint(info.Size(), info.ModTime().UnixNano())
	if noted, err := os.ReadFile(note); err == nil && string(noted) == stands && !all {
		return nil
	}
	sum, err := fileDigest(p.plugin())
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(pluginWheels, func(w wheel) bool { return w.LibrarySHA256 == sum }) {
		return fmt.Errorf("%s, of %d bytes, is not one of the pinned plugins: it was truncated or changed", p.plugin(), info.Size())
	}
	system.WriteAtomically(note, []byte(stands), 0o600) // without the note it is only slower
	return nil
}

// toolNames are the programs that buildTools makes in the folder bin.
var toolNames = []string{"gonb", "goimports", KernelBinary}

// toolsSound returns an error unless all tools are there and complete.
func toolsSound(p Paths, _ bool) error {
	var missing []string
	for _, path := range append(inFolder(p.Bin(), toolNames), filepath.Join(p.Shim(), "go")) {
		if info, err := os.Stat(path); err != nil || !info.Mode().IsRegular() || info.Mode()&0o100 == 0 {
			missing = append(missing, filepath.Base(path))
		}
	}
	if len(missing) > 0 {
		return fmt.Errorf("the tool %s is missing", strings.Join(missing, ", "))
	}
	return sizesSound(p.Bin())
}

func inFolder(dir string, names []string) (paths []string) {
	for _, name := range names {
		paths = append(paths, filepath.Join(dir, name))
	}
	return paths
}

// sizesFile lists the files of a folder, with their original sizes.
const sizesFile = ".sizes"

// noteSizes writes the list for what is in dir.
func noteSizes(dir string) error {
	list, err := sizes(dir)
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, sizesFile), []byte(list), 0o600)
}

// sizesSound returns an error if a file of the folder is missing or has
// changed its size. Folders that were made without a list pass.
func sizesSound(dir string) error {
	list, err := os.ReadFile(filepath.Join(dir, sizesFile))
	if err != nil {
		return nil
	}
	for line := range strings.Lines(string(list)) {
		size, name, _ := strings.Cut(strings.TrimSuffix(line, "\n"), " ")
		info, err := os.Lstat(filepath.Join(dir, name))
		if err != nil {
			return fmt.Errorf("%s is missing from %s", name, dir)
		}
		if got := fmt.Sprint(info.Size()); got != size {
			return fmt.Errorf("%s in %s has %s bytes instead of %s: it was truncated or changed", name, dir, got, size)
		}
	}
	return nil
}

// sizes returns a line "SIZE NAME" for each regular file below dir.
func sizes(dir string) (string, error) {
	var list strings.Builder
	err := filepath.WalkDir(dir, func(path string, entry os.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() {
			return err
		}
		info, err := entry.Info()
		if err != nil {
			return err
		}
		name, err := filepath.Rel(dir, path)
		fmt.Fprintf(&list, "%d %s\n", info.Size(), name)
		return err
	})
	return list.String(), err
}
