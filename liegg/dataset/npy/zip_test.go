package npy

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/liegg/lab/liegg/internal/expect"
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

// A header may claim more than its compressed bytes can unpack to, or unpack to more than the budget: neither takes memory.
func TestReadZipBomb(t *testing.T) {
	claim := append(file("'<f8'", false, "(30000000,)"), make([]byte, 1<<20)...)
	zeros := append(file("'<f8'", false, "(1000000,)"), make([]byte, 8_000_000)...)
	for _, c := range []struct {
		bomb []byte
		kind error
		says string
	}{
		{claim, ErrFormat, "truncated"},
		{zeros, ErrBudget, "take 8000000 bytes, but the budget is 7999999"},
	} {
		path := zipped(t, zip.Deflate, map[string][]byte{"x.npy": c.bomb})
		taken := allocated(func() {
			_, err := Budget(7_999_999).ReadZip(path, "x")
			expect.Error(t, err, path, `"x.npy"`, c.says)
			if !errors.Is(err, c.kind) {
				t.Errorf("error %v, want %v", err, c.kind)
			}
		})
		if taken > 1<<18 {
			t.Errorf("%s: %d bytes were allocated", c.says, taken)
		}
	}
	path := zipped(t, zip.Deflate, map[string][]byte{"x.npy": zeros})
	taken := allocated(func() {
		if a, err := Budget(8_000_000).ReadZip(path, "x"); err != nil || a.Len() != 1_000_000 {
			t.Errorf("%d values, %v", a.Len(), err)
		}
	})
	if taken > 8_000_000+1<<18 {
		t.Errorf("%d bytes were allocated for 8000000", taken)
	}
}

// The directory at the end of a zip file may claim that an array is larger than the file.
func TestReadZipBelievesTheFile(t *testing.T) {
	path := zipped(t, zip.Store, map[string][]byte{"x.npy": file("'<f8'", false, "(30000000,)", make([]byte, 80)...)})
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	entry := bytes.LastIndex(data, []byte("PK\x01\x02"))
	for _, at := range []int{20, 24} { // sizes, compressed and not
		binary.LittleEndian.PutUint32(data[entry+at:], 300_000_000)
	}
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	taken := allocated(func() {
		if _, err := ReadZip(path, "x"); !errors.Is(err, ErrFormat) {
			t.Errorf("error %v", err)
		}
	})
	if taken > 1<<18 {
		t.Errorf("%d bytes were allocated", taken)
	}
}

// Each entry of a directory takes several times its size in memory.
func TestReadZipRefusesAHugeDirectory(t *testing.T) {
	path := filepath.Join(t.TempDir(), "many.npz")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z := zip.NewWriter(f)
	long := strings.Repeat("x", 60_000)
	for i := range 300 {
		if _, err := z.CreateHeader(&zip.FileHeader{Name: fmt.Sprint(i), Extra: []byte(long)}); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	_, err = Names(path)
	expect.Error(t, err, path, "list of arrays is too long")
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
		var a Array
		err = Budget(1<<12).openZip(r, int64(len(b)), "a", a.from)
		if n, ok := product(a.Dims); err == nil && (!ok || n != a.Len()) {
			t.Errorf("sizes %v and %d values", a.Dims, a.Len())
		}
	})
}
