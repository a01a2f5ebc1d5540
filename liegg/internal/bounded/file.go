package bounded

import (
	"bytes"
	"fmt"
	"io"
	"io/fs"
	"os"
	"syscall"
)

// Open opens a regular file and returns its size. It refuses pipes and
// devices, which may block or never end, and folders. It returns file system
// errors that name the file.
func Open(path string) (*os.File, int64, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, 0, err
	}
	if !info.Mode().IsRegular() {
		return nil, 0, notRegular(path, info.Mode())
	}
	// If a pipe has replaced the file meanwhile, this does not wait for its
	// writer.
	f, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, 0, err
	}
	if info, err = f.Stat(); err == nil && !info.Mode().IsRegular() {
		err = notRegular(path, info.Mode())
	}
	if err != nil {
		f.Close()
		return nil, 0, err
	}
	return f, info.Size(), nil
}

func notRegular(path string, mode fs.FileMode) error {
	kind := "a device"
	switch {
	case mode.IsDir():
		kind = "a folder"
	case mode&fs.ModeNamedPipe != 0:
		kind = "a pipe"
	case mode&fs.ModeSocket != 0:
		kind = "a socket"
	}
	return fmt.Errorf("%s is %s: only regular files are read; copy the contents to one", path, kind)
}

// ReadFile reads a regular file of at most budget bytes; 0 means the default,
// see [Budget]. It returns the errors of [Open] and [ErrBudget], which name
// the file.
func ReadFile(path string, budget int64) ([]byte, error) {
	f, _, err := Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := ReadAll(f, budget)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return data, nil
}

// ReadAll reads an open file from its start, as [ReadFile] does.
func ReadAll(f *os.File, budget int64) ([]byte, error) {
	budget, err := Budget(budget)
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if size := info.Size(); size > budget {
		return nil, Exceeded("the file has", size, budget)
	}
	return contents(f, info.Size(), budget) // the file may have grown
}

// Contents reads to the end of r, at most budget bytes; 0 means the default.
// It returns [ErrBudget] and the errors of r.
func Contents(r io.Reader, budget int64) ([]byte, error) {
	budget, err := Budget(budget)
	if err != nil {
		return nil, err
	}
	return contents(r, 0, budget)
}

// contents reads about as many bytes as expected.
func contents(r io.Reader, expected, budget int64) ([]byte, error) {
	var data bytes.Buffer
	data.Grow(int(expected) + bytes.MinRead)
	_, err := data.ReadFrom(io.LimitReader(r, budget+1))
	if got := int64(data.Len()); err == nil && got > budget {
		return nil, Exceeded("there are at least", got, budget)
	}
	return data.Bytes(), err
}
