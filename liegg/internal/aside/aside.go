// Package aside writes files that are there whole or not at all.
package aside

import (
	"crypto/rand"
	"io"
	"os"
	"path/filepath"
)

// Write writes a new file of a random name beside path and renames it once it is
// whole and on the disk; what lies at path is replaced then, and its mode and owner
// are kept. A link at path is replaced, not followed. After an error nothing has
// changed.
func Write(path string, write func(io.Writer) error) error {
	was, err := os.Lstat(path)
	if err != nil || !was.Mode().IsRegular() {
		was = nil
	}
	f, err := create(path, was != nil)
	if err != nil {
		return err
	}
	defer os.Remove(f.Name()) // nothing is there once it is renamed
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

// create makes a file beside path that was not there before. A private one is
// readable to its owner alone; any other is as the umask wants new files to be.
func create(path string, private bool) (*os.File, error) {
	mode := os.FileMode(0o666)
	if private {
		mode = 0o600
	}
	name := filepath.Join(filepath.Dir(path), "."+filepath.Base(path)+"-"+rand.Text())
	return os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
}
