package main

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// asideMark stands in the names of what is being written; what bears it and
// is left over from an interrupted preparation is removed by the next one.
const asideMark = ".half-made-"

// writeAside writes a file under another name and renames it, so that nobody
// ever sees half of it.
func writeAside(path string, data []byte, mode os.FileMode) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(path), asideMark)
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	_, err = f.Write(data)
	if err := errors.Join(err, f.Chmod(mode), f.Sync(), f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}

// makeAside lets fill fill a new folder, which then takes the place of path.
func makeAside(path string, fill func(dir string) error) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	dir, err := os.MkdirTemp(filepath.Dir(path), asideMark)
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	if err := fill(dir); err != nil {
		return err
	}
	if err := toDisk(dir); err != nil {
		return err
	}
	return replaceFolder(dir, path)
}

// toDisk waits until what is in a folder is on the disk: after a crash of the
// machine the folder is there whole, or not at all. Many files are left to the
// system, which writes all that it has.
func toDisk(dir string) error {
	var paths []string
	err := filepath.WalkDir(dir, func(path string, entry os.DirEntry, err error) error {
		if err == nil && (entry.IsDir() || entry.Type().IsRegular()) {
			paths = append(paths, path)
		}
		return err
	})
	const many = 100
	if len(paths) > many {
		syscall.Sync()
		return err
	}
	for _, path := range paths {
		err = errors.Join(err, syncPath(path))
	}
	return err
}

func syncPath(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// replaceFolder renames dir to path; a folder already there steps aside first,
// to a new place of a random name, and is then removed.
func replaceFolder(dir, path string) error {
	old, err := os.MkdirTemp(filepath.Dir(path), asideMark)
	if err != nil {
		return err
	}
	defer os.RemoveAll(old)
	was := filepath.Join(old, filepath.Base(path))
	if err := os.Rename(path, was); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	if err := os.Rename(dir, path); err != nil {
		os.Rename(was, path) // back, if it was there
		return err
	}
	return syncPath(filepath.Dir(path))
}

// sweepHalfMade removes what interrupted preparations have left. The caller
// holds the lock.
func sweepHalfMade(p place) {
	for _, dir := range []string{p.Cache, filepath.Dir(p.venv()), filepath.Dir(p.plugin()), p.lean(), p.room(), filepath.Dir(p.gopls())} {
		entries, _ := os.ReadDir(dir) // no folder, nothing to sweep
		for _, entry := range entries {
			if strings.HasPrefix(entry.Name(), asideMark) {
				os.RemoveAll(filepath.Join(dir, entry.Name()))
			}
		}
	}
}

// lockFile takes the lock on path, which ends with the process at the latest.
// If another process holds it, waiting is called once.
func lockFile(ctx context.Context, path string, waiting func()) (unlock func(), err error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	for first := true; ; first = false {
		err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		if err == nil {
			return func() { f.Close() }, nil
		}
		if !errors.Is(err, syscall.EWOULDBLOCK) && !errors.Is(err, syscall.EINTR) {
			f.Close()
			return nil, &os.PathError{Op: "lock", Path: path, Err: err}
		}
		if first {
			waiting()
		}
		select {
		case <-ctx.Done():
			f.Close()
			return nil, ctx.Err()
		case <-time.After(200 * time.Millisecond):
		}
	}
}
