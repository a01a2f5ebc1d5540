// Package atomicfile writes files atomically: they are there complete or not at
// all. (github.com/google/renameio does the same, but does not keep the owner of
// the file that it replaces. Packages kernel and plotting have copies of their own,
// because they import nothing of this module.)
package atomicfile

import (
	"crypto/rand"
	"io"
	"os"
	"path/filepath"
)

// FolderPrefix begins the names of folders that are being written, before they are renamed.
// A process that is killed leaves them behind.
const FolderPrefix = "half-"

// Write writes a new file of a random name next to path, and renames it to
// path once it is complete and on disk. It replaces an existing file, and
// keeps its mode and owner. A link at path is replaced, not followed. After
// an error nothing has changed.
func Write(path string, write func(io.Writer) error) error {
	was, err := os.Lstat(path)
	if err != nil || !was.Mode().IsRegular() {
		was = nil
	}
	f, err := create(path, was != nil)
	if err != nil {
		return err
	}
	defer os.Remove(f.Name()) // no effect after the rename
	defer f.Close()
	if err := write(f); err != nil {
		return err
	}
	if was != nil {
		if err := f.Chmod(keepOwner(f, was)); err != nil {
			return err
		}
	}
	if err := f.Sync(); err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}

// create creates a new file next to path. If private, it is readable only by
// its owner; otherwise the umask decides.
func create(path string, private bool) (*os.File, error) {
	mode := os.FileMode(0o666)
	if private {
		mode = 0o600
	}
	name := filepath.Join(filepath.Dir(path), "."+filepath.Base(path)+"-"+rand.Text())
	return os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
}
