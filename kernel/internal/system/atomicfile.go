package system

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"time"
)

// UnfinishedMark is part of the names of unfinished files. The next preparation
// removes any that an interrupted one has left.
const UnfinishedMark = ".half-made-"

// WriteAtomically writes a file under another name and renames it, so that nobody
// ever sees it half written.
func WriteAtomically(path string, data []byte, mode os.FileMode) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(path), UnfinishedMark)
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

// MakeFolderAtomically lets fill create a new folder, which then replaces path.
func MakeFolderAtomically(path string, fill func(dir string) error) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	dir, err := os.MkdirTemp(filepath.Dir(path), UnfinishedMark)
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	if err := fill(dir); err != nil {
		return err
	}
	if err := ToDisk(dir); err != nil {
		return err
	}
	return replaceFolder(dir, path)
}

// ToDisk flushes the contents of a folder to disk, so that after a crash of
// the machine the folder is complete or absent. If it holds many files, the
// whole system is flushed instead.
func ToDisk(dir string) error {
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

// replaceFolder renames dir to path. A folder that is already there is first
// renamed to a random name, and then removed.
func replaceFolder(dir, path string) error {
	old, err := os.MkdirTemp(filepath.Dir(path), UnfinishedMark)
	if err != nil {
		return err
	}
	defer os.RemoveAll(old)
	was := filepath.Join(old, filepath.Base(path))
	if err := os.Rename(path, was); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	if err := os.Rename(dir, path); err != nil {
		os.Rename(was, path) // restore it, if it was there
		return err
	}
	return syncPath(filepath.Dir(path))
}

// LockFile takes the lock on path, which is released at the latest when the
// process ends. If another process holds it, waiting is called once.
func LockFile(ctx context.Context, path string, waiting func()) (unlock func(), err error) {
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
