package npy

import (
	"archive/zip"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
)

// MaxDeflated is the largest number of values that is read of a compressed array:
// a few bytes may unpack to any size. Larger arrays must be saved uncompressed, by
// numpy.savez, where the size of the file is a bound.
const MaxDeflated = 1 << 28

// Names lists the arrays of an .npz file, as NumPy names them, sorted. The errors
// are those of the file system and ErrFormat.
func Names(path string) (names []string, err error) {
	err = withZip(path, func(r *zip.Reader) error {
		for _, f := range r.File {
			names = append(names, strings.TrimSuffix(f.Name, ".npy"))
		}
		return nil
	})
	slices.Sort(names)
	return names, err
}

// ReadZip reads one array of an .npz file. An empty name stands for the only array.
// The errors are those of the file system, ErrFormat and ErrType; a name that the
// file does not have, or has twice, is told with those that are there. Nothing is
// unpacked to disk.
func ReadZip(path, name string) (a Array, err error) {
	err = withZip(path, func(r *zip.Reader) (err error) {
		a, err = readZip(r, name)
		return err
	})
	return a, err
}

func readZip(r *zip.Reader, name string) (Array, error) {
	f, err := member(r, name)
	if err != nil {
		return Array{}, err
	}
	a, err := readMember(f)
	if err != nil {
		return Array{}, fmt.Errorf("array %q: %w", f.Name, err)
	}
	return a, nil
}

func withZip(path string, do func(*zip.Reader) error) error {
	f, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("npy: %w", err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return fmt.Errorf("npy: %w", err)
	}
	r, err := zip.NewReader(f, info.Size())
	if err != nil {
		err = fmt.Errorf("%w: %w", ErrFormat, err)
	} else {
		err = do(r)
	}
	if err != nil {
		return fmt.Errorf("npy: %s: %w", path, err)
	}
	return nil
}

func member(r *zip.Reader, name string) (*zip.File, error) {
	var found []*zip.File
	var names []string
	for _, f := range r.File {
		short := strings.TrimSuffix(f.Name, ".npy")
		if name == "" || short == name {
			found = append(found, f)
		}
		if len(names) < 20 {
			names = append(names, short)
		}
	}
	if len(found) != 1 {
		return nil, fmt.Errorf("%d arrays are named %q; name one of %.40q", len(found), name, names)
	}
	return found[0], nil
}

func readMember(f *zip.File) (Array, error) {
	limit := MaxDeflated
	if f.Method == zip.Store {
		limit = int(min(f.CompressedSize64, 1<<60)) // what lies there is what there is
	}
	r, err := f.Open()
	if err != nil {
		return Array{}, fmt.Errorf("%w: %w", ErrFormat, err)
	}
	defer r.Close()
	a, err := Read(r, limit)
	if err != nil && !errors.Is(err, ErrType) && !errors.Is(err, ErrFormat) {
		err = fmt.Errorf("%w: %w", ErrFormat, err) // such as a checksum
	}
	return a, err
}

// WriteZip writes arrays as an .npz file, in the order of their names.
func WriteZip(w io.Writer, arrays map[string]Array) error {
	z := zip.NewWriter(w)
	for _, name := range sorted(arrays) {
		f, err := z.Create(name + ".npy")
		if err != nil {
			return fmt.Errorf("npy: writing %q: %w", name, err)
		}
		if err := Write(f, arrays[name]); err != nil {
			return err
		}
	}
	if err := z.Close(); err != nil {
		return fmt.Errorf("npy: %w", err)
	}
	return nil
}
