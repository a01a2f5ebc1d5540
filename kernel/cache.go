package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// markFile lies in the private folder and says whose it is.
const markFile = ".liegg-lab"

const markText = "This folder is LieGG Lab's own. `go run ./kernel uninstall --all` removes what the lab has put here.\n"

// ownNames are the names of all that the lab puts into its private folder, the
// packages network and bench included.
var ownNames = []string{markFile, "bench-peers", "checkout", "cuda", "gopls", "lean", "lock", "mnist-folder",
	"networks", "stamp", "tmp", "trainings", "venv", "xla"}

func isOwn(name string) bool {
	return slices.Contains(ownNames, name) || strings.HasPrefix(name, asideMark)
}

// findCache settles where the private folder is. It makes nothing.
func findCache() (string, error) {
	if named := os.Getenv("LIEGG_CACHE"); named != "" {
		return filepath.Abs(named)
	}
	return usualCache()
}

// usualCache is the private folder of those who name no other.
func usualCache() (string, error) {
	user, err := os.UserCacheDir()
	if err != nil {
		return "", fmt.Errorf("no folder for what is to be prepared: %w; set LIEGG_CACHE to one", err)
	}
	return filepath.Join(user, "liegg"), nil
}

// claim makes the private folder, private and marked as the lab's. It returns an
// error, and changes nothing, if the folder holds what is not the lab's.
func (p place) claim() error {
	if err := os.MkdirAll(p.Cache, 0o700); err != nil {
		return fmt.Errorf("the private folder cannot be made: %w; set LIEGG_CACHE to a folder you may write to", err)
	}
	if p.readOnly() {
		return nil // whose it is, and who may read it, is for its owner to say
	}
	if err := p.checkOwn(); err != nil {
		return err
	}
	mark, err := os.OpenFile(filepath.Join(p.Cache, markFile), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err == nil {
		_, err = mark.WriteString(markText)
		err = errors.Join(err, mark.Close())
	}
	if err != nil && !errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("the private folder cannot be used: %w; set LIEGG_CACHE to a folder you may write to", err)
	}
	info, err := os.Stat(p.Cache)
	if err != nil || info.Mode().Perm() == 0o700 {
		return err
	}
	return os.Chmod(p.Cache, 0o700)
}

// checkOwn returns an error unless the private folder is the lab's: marked, or
// without anything but what the lab puts there, as it was left before there were
// marks. One that is not there is the lab's, too, and so is the usual one if the
// lab has prepared anything in it.
func (p place) checkOwn() error {
	entries, err := os.ReadDir(p.Cache)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("the private folder cannot be read: %w", err)
	}
	var foreign []string
	for _, entry := range entries {
		if entry.Name() == markFile {
			return nil
		}
		if !isOwn(entry.Name()) {
			foreign = append(foreign, entry.Name())
		}
	}
	usual, _ := usualCache() // without one it is another folder
	if prepared := exists(filepath.Join(p.Cache, "stamp")); len(foreign) > 0 && !(prepared && p.Cache == usual) {
		return fmt.Errorf("%s cannot be the lab's private folder, for it holds other things (%s): set LIEGG_CACHE to a new or empty folder", p.Cache, some(foreign))
	}
	return nil
}

// some are the first few of the names.
func some(names []string) string {
	if len(names) > 3 {
		return strings.Join(names[:3], ", ") + fmt.Sprintf(" and %d more", len(names)-3)
	}
	return strings.Join(names, ", ")
}

// removeOwn removes from the private folder what the lab has put there, and the
// folder if nothing else is in it. It returns the names of what is left.
func (p place) removeOwn() (left []string, err error) {
	entries, err := os.ReadDir(p.Cache)
	if err != nil {
		return nil, err
	}
	// The mark goes last: an interrupted removal can be repeated.
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
