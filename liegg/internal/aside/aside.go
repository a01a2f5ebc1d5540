// Package aside writes files that are there whole or not at all.
package aside

import (
	"io"
	"os"
	"path/filepath"
)

// Write writes a file beside path, readable to all, and renames it once it is
// whole; what lies at path is replaced then. After an error nothing has changed.
func Write(path string, write func(io.Writer) error) error {
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+"-*")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name()) // nothing is there once it is renamed
	defer f.Close()
	if err := write(f); err != nil {
		return err
	}
	if err := f.Chmod(0o644); err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}
