package setup

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/liegg/lab/kernel/internal/system"
)

// markFile lies in the private folder and marks it as the lab's.
const markFile = ".liegg-lab"

const markText = "This folder is LieGG Lab's own. `go run ./kernel uninstall --all` removes what the lab has put here.\n"

// ownNames are the names of everything that the lab puts into its private
// folder, including what packages network and bench put there.
var ownNames = []string{markFile, "bench-peers", "checkout", "cuda", "gopls", "judge", "kept", "lean", "lock", "mnist-folder",
	"networks", "stamp", "tmp", "trainings", "venv", "xla"}

func isOwn(name string) bool {
	return slices.Contains(ownNames, name) || strings.HasPrefix(name, system.UnfinishedMark)
}

// findCache determines where the private folder is. It creates nothing.
func findCache() (string, error) {
	if named := os.Getenv("LIEGG_CACHE"); named != "" {
		if strings.HasPrefix(named, "~") {
			return "", fmt.Errorf("LIEGG_CACHE is %s, with a ~ that no shell has expanded: give the full path, such as $HOME/…, or ./%[1]s if that is the folder's real name", named)
		}
		return filepath.Abs(named)
	}
	return usualCache()
}

// usualCache returns the private folder that is used if LIEGG_CACHE is not
// set.
func usualCache() (string, error) {
	user, err := os.UserCacheDir()
	if err != nil {
		return "", fmt.Errorf("there is no folder for prepared files: %w; set LIEGG_CACHE to one", err)
	}
	return filepath.Join(user, "liegg"), nil
}

// claim creates the private folder, readable only by its owner and marked as
// the lab's. If the folder holds foreign files, it returns an error and
// changes nothing.
func (p Paths) claim() error {
	if err := os.MkdirAll(p.Cache, 0o700); err != nil {
		return fmt.Errorf("cannot create the private folder: %w; set LIEGG_CACHE to a folder you may write to", err)
	}
	if p.ReadOnly() {
		return nil // an existing folder keeps its owner and permissions
	}
	if err := p.CheckOwn(); err != nil {
		return err
	}
	if err := p.Mark(); err != nil {
		return fmt.Errorf("the private folder cannot be used: %w; set LIEGG_CACHE to a folder you may write to", err)
	}
	info, err := os.Stat(p.Cache)
	if err != nil || info.Mode().Perm() == 0o700 {
		return err
	}
	return os.Chmod(p.Cache, 0o700)
}

// Mark marks the private folder as the lab's.
func (p Paths) Mark() error {
	f, err := os.OpenFile(filepath.Join(p.Cache, markFile), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return nil
	}
	if err != nil {
		return err
	}
	_, err = f.WriteString(markText)
	return errors.Join(err, f.Close())
}

// CheckOwn returns an error unless the private folder is the lab's. A folder
// with the mark is the lab's; so is one that does not exist or is empty. An
// unmarked folder, from before marks were introduced, must be the usual
// folder or contain something that the lab has prepared or trained. If it
// holds foreign files as well, it must be both.
func (p Paths) CheckOwn() error {
	entries, err := os.ReadDir(p.Cache)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("the private folder cannot be read: %w", err)
	}
	var names, foreign []string
	for _, entry := range entries {
		if entry.Name() == markFile {
			return nil
		}
		names = append(names, entry.Name())
		if !isOwn(entry.Name()) {
			foreign = append(foreign, entry.Name())
		}
	}
	usual, _ := usualCache() // an error means that this folder is another one
	switch used := p.used(); {
	case len(foreign) > 0 && !(used && p.Cache == usual):
		return fmt.Errorf("%s cannot be the lab's private folder, for it holds other things (%s): set LIEGG_CACHE to a new or empty folder", p.Cache, Some(foreign))
	case len(names) > 0 && !used && p.Cache != usual:
		return fmt.Errorf("%s cannot be the lab's private folder: it holds %s, but not the mark file %s, nor anything that shows that the lab has prepared it. "+
			"Set LIEGG_CACHE to a new or empty folder; if this one is the lab's, make an empty file %[3]s in it", p.Cache, Some(names), markFile)
	}
	return nil
}

// Names and contents that identify the lab's own files.
var (
	stampText   = regexp.MustCompile(`^(?:` + failed + `)?[0-9a-f]{64}$`)
	trainedName = regexp.MustCompile(`^[0-9a-f]{32}$`)
)

// used reports whether the private folder holds the stamp of a step, or a
// network or unfinished training that package network keeps.
func (p Paths) used() bool {
	folder := os.DirFS(p.Cache)
	for _, pattern := range []string{"stamp/*", "checkout/*/stamp/*"} {
		stamps, _ := fs.Glob(folder, pattern) // the pattern is well-formed
		for _, stamp := range stamps {
			step, _, _ := strings.Cut(path.Base(stamp), "-") // an edition may follow
			text, err := fs.ReadFile(folder, stamp)
			if err == nil && slices.Contains(StepNames(), step) && stampText.Match(text) {
				return true
			}
		}
	}
	networks, _ := fs.Glob(folder, "networks/*/network.json")
	trainings, _ := fs.Glob(folder, "trainings/*.unfinished")
	return slices.ContainsFunc(networks, func(name string) bool { return trainedName.MatchString(path.Base(path.Dir(name))) }) ||
		slices.ContainsFunc(trainings, func(name string) bool {
			return trainedName.MatchString(strings.TrimSuffix(path.Base(name), ".unfinished"))
		})
}

// Some returns the first few of the names.
func Some(names []string) string {
	if len(names) > 3 {
		return strings.Join(names[:3], ", ") + fmt.Sprintf(" and %d more", len(names)-3)
	}
	return strings.Join(names, ", ")
}

// RemoveOwn removes from the private folder everything that the lab has put
// there, and the folder itself if it is then empty. It returns the names of
// what is left.
func (p Paths) RemoveOwn() (left []string, err error) {
	entries, err := os.ReadDir(p.Cache)
	if err != nil {
		return nil, err
	}
	// Remove the mark last, so that an interrupted removal can be repeated.
	slices.SortFunc(entries, func(a, b fs.DirEntry) int { return strings.Compare(b.Name(), a.Name()) })
	for _, entry := range entries {
		if !isOwn(entry.Name()) {
			left = append(left, entry.Name())
		} else if entry.Name() != markFile {
			err = errors.Join(err, os.RemoveAll(filepath.Join(p.Cache, entry.Name())))
		}
	}
	if err != nil || len(left) > 0 {
		return left, err
	}
	if err := os.Remove(filepath.Join(p.Cache, markFile)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	return nil, os.Remove(p.Cache)
}
