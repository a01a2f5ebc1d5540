package npy

import (
	"archive/zip"
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// zipped writes a zip file of members and returns its path.
func zipped(t *testing.T, method uint16, members map[string][]byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "a.npz")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z := zip.NewWriter(f)
	for name, data := range members {
		w, err := z.CreateHeader(&zip.FileHeader{Name: name, Method: method})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(data); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestReadZipTakesNamesAsNames(t *testing.T) {
	one := file("'|u1'", false, "(1,)", 5)
	members := map[string][]byte{"../../escape.npy": one, "/etc/passwd.npy": one, "x.npy": one}
	for _, method := range []uint16{zip.Store, zip.Deflate} {
		path := zipped(t, method, members)
		names, err := Names(path)
		if err != nil || !slices.Equal(names, []string{"../../escape", "/etc/passwd", "x"}) {
			t.Errorf("names %q, %v", names, err)
		}
		for _, name := range names {
			if a, err := ReadZip(path, name); err != nil || !slices.Equal(a.Values(), []float64{5}) {
				t.Errorf("%q: %v, %v", name, a, err)
			}
		}
		left, err := os.ReadDir(filepath.Dir(path))
		if err != nil || len(left) != 1 {
			t.Errorf("beside the file there are now %v, %v", left, err)
		}
	}
}

func TestReadZipRefuses(t *testing.T) {
	one := file("'|u1'", false, "(1,)", 5)
	path := zipped(t, zip.Deflate, map[string][]byte{"x.npy": one, "y.npy": file("'|O'", false, "(1,)", 1), "z.npy": one[:20]})
	for name, says := range map[string]string{
		"w": `0 arrays are named "w"; name one of ["`, "": `3 arrays are named ""`, "y": "pickle", "z": "within the header",
	} {
		if _, err := ReadZip(path, name); err == nil || !strings.Contains(err.Error(), says) || !strings.Contains(err.Error(), path) {
			t.Errorf("%q: error %v, want one that names the file and says %q", name, err, says)
		}
	}
	flipped := zipped(t, zip.Store, map[string][]byte{"x.npy": one})
	data, err := os.ReadFile(flipped)
	if err != nil {
		t.Fatal(err)
	}
	data[bytes.IndexByte(data, '\n')+1]++ // the value, so that the checksum is wrong
	broken := filepath.Join(t.TempDir(), "broken.npz")
	for content, says := range map[string]string{string(data): "checksum", string(data[:60]): "zip", "": "zip"} {
		if err := os.WriteFile(broken, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := ReadZip(broken, ""); !errors.Is(err, ErrFormat) || !strings.Contains(err.Error(), says) {
			t.Errorf("error %v, want one that says %q", err, says)
		}
	}
}

// A few bytes unpack to a gigabyte of zeros: what is more than the limit is refused
// by its header.
func TestReadZipBomb(t *testing.T) {
	bomb := append(file("'<f8'", false, "(300000000,)"), make([]byte, 1<<20)...)
	path := zipped(t, zip.Deflate, map[string][]byte{"x.npy": bomb})
	taken := allocated(func() {
		if _, err := ReadZip(path, "x"); !errors.Is(err, ErrFormat) {
			t.Errorf("error %v", err)
		}
	})
	if taken > 1<<18 {
		t.Errorf("%d bytes were allocated", taken)
	}
}

func TestWriteZip(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.npz")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := WriteZip(f, map[string]Array{"b": Of([]float64{1, 2}, 2), "a": Of([]float64{3})}); err != nil {
		t.Fatal(err)
	}
	if b, err := ReadZip(path, "b"); err != nil || !slices.Equal(b.Values(), []float64{1, 2}) {
		t.Errorf("%v, %v", b, err)
	}
	if err := WriteZip(broken{}, map[string]Array{"a": Of([]float64{3})}); !errors.Is(err, io.ErrClosedPipe) {
		t.Errorf("error %v of a writer that fails", err)
	}
}

type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, io.ErrClosedPipe }

func FuzzReadZip(f *testing.F) {
	var b bytes.Buffer
	if err := WriteZip(&b, map[string]Array{"a": Of([]float64{1, 2}, 2), "b": Of([]float64{3})}); err != nil {
		f.Fatal(err)
	}
	f.Add(b.Bytes())
	f.Add(b.Bytes()[:len(b.Bytes())/2])
	f.Fuzz(func(t *testing.T, b []byte) {
		r, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
		if err != nil {
			return
		}
		a, err := readZip(r, "a")
		if n, ok := product(a.Dims); err == nil && (!ok || n != a.Len()) {
			t.Errorf("sizes %v and %d values", a.Dims, a.Len())
		}
	})
}
