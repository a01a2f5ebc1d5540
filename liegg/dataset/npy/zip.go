package npy

import (
	"archive/zip"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"

	"github.com/liegg/lab/liegg/internal/bounded"
)

// Names lists the arrays of an .npz file, as NumPy names them, sorted. It
// returns file system errors and ErrFormat.
func Names(path string) (names []string, err error) {
	err = withZip(path, func(r *zip.Reader, _ int64) error {
		for _, f := range r.File {
			names = append(names, strings.TrimSuffix(f.Name, ".npy"))
		}
		return nil
	})
	slices.Sort(names)
	return names, err
}

// ReadZip reads one array of an .npz file with the default budget; see
// [Budget.ReadZip].
func ReadZip(path, name string) (Array, error) { return Budget(0).ReadZip(path, name) }

// ReadZip reads one array of an .npz file. It returns the errors of [Budget.OpenZip].
func (b Budget) ReadZip(path, name string) (a Array, err error) {
	err = b.OpenZip(path, name, a.from)
	return a, err
}

// OpenZip opens one array of an .npz file, as [Budget.Open] does an .npy
// file. An empty name selects the only array. If the file has no array of
// that name, or several, the error lists those that it has. Nothing is
// unpacked to disk.
func (b Budget) OpenZip(path, name string, read func(*Reader) error) error {
	return withZip(path, func(r *zip.Reader, size int64) error { return b.openZip(r, size, name, read) })
}

func (b Budget) openZip(r *zip.Reader, size int64, name string, read func(*Reader) error) error {
	f, err := member(r, name)
	if err != nil {
		return err
	}
	if err := b.openMember(f, size, read); err != nil {
		return fmt.Errorf("array %q: %w", f.Name, err)
	}
	return nil
}

// withZip opens a zip file and passes on its size.
func withZip(path string, do func(r *zip.Reader, size int64) error) error {
	f, size, err := bounded.Open(path)
	if err != nil {
		return fmt.Errorf("npy: %w", err)
	}
	defer f.Close()
	directory := &counted{ReaderAt: f, left: maxDirectory}
	r, err := zip.NewReader(directory, size)
	directory.left = math.MaxInt64
	if err != nil {
		err = fmt.Errorf("%w: %w", ErrFormat, err)
	} else {
		err = do(r, size)
	}
	if err != nil {
		return fmt.Errorf("npy: %s: %w", path, err)
	}
	return nil
}

// maxDirectory is the longest list of arrays that is read, in bytes: some 200
// 000 of them.
const maxDirectory = 16 << 20

// counted reads at most a given number of bytes.
type counted struct {
	io.ReaderAt
	left int64
}

func (c *counted) ReadAt(b []byte, at int64) (int, error) {
	if c.left -= int64(len(b)); c.left < 0 {
		return 0, errors.New("the list of arrays is too long")
	}
	return c.ReaderAt.ReadAt(b, at)
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

func (b Budget) openMember(f *zip.File, size int64, read func(*Reader) error) error {
	most := int64(min(f.CompressedSize64, uint64(size))) // the list of arrays may claim more than the file has
	if f.Method != zip.Store {
		most = bounded.Unpacked(most)
	}
	r, err := f.Open()
	if err != nil {
		return fmt.Errorf("%w: %w", ErrFormat, err)
	}
	defer r.Close()
	return b.open(unpacked{r}, most, read)
}

// unpacked reads what is unpacked, and reports damage such as a wrong
// checksum as ErrFormat.
type unpacked struct{ io.Reader }

func (u unpacked) Read(b []byte) (int, error) {
	n, err := u.Reader.Read(b)
	if err != nil && err != io.EOF {
		err = fmt.Errorf("%w: %w", ErrFormat, err)
	}
	return n, err
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
