// Package wholefile replaces files as a whole.
package wholefile

import (
	"crypto/rand"
	"errors"
	"os"
	"path/filepath"
)

// Replace writes data to a new file of a random name next to path and
// renames it to path. An existing file passes on its mode and owner. A link
// is replaced, not followed.
func Replace(path string, data []byte) error {
	was, err := os.Lstat(path)
	if err != nil || !was.Mode().IsRegular() {
		was = nil
	}
	mode := os.FileMode(0o666) // before umask
	if was != nil {
		mode = 0o600
	}
	aside := filepath.Join(filepath.Dir(path), "."+filepath.Base(path)+"-"+rand.Text())
	file, err := os.OpenFile(aside, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if err != nil {
		return err
	}
	defer os.Remove(aside) // no effect after the rename
	_, err = file.Write(data)
	if was != nil {
		err = errors.Join(err, file.Chmod(keepOwner(file, was)))
	}
	if err := errors.Join(err, file.Close()); err != nil {
		return err
	}
	return os.Rename(aside, path)
}
