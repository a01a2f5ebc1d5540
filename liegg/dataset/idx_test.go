package dataset

import (
	"bytes"
	"compress/gzip"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
)

var smallIDX = []byte{0, 0, 8, 2, 0, 0, 0, 2, 0, 0, 0, 3, 1, 2, 3, 4, 5, 6}

func gzipped(data []byte) []byte {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	w.Write(data)
	w.Close()
	return b.Bytes()
}

func TestReadIDX(t *testing.T) {
	for name, file := range map[string][]byte{"plain": smallIDX, "gzipped": gzipped(smallIDX)} {
		array, err := ReadIDX(bytes.NewReader(file), 6)
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if !slices.Equal(array.Dims, []int{2, 3}) || !bytes.Equal(array.Data, smallIDX[12:]) {
			t.Errorf("%s: %v", name, array)
		}
	}
}

func TestReadIDXRejects(t *testing.T) {
	flipped := gzipped(smallIDX)
	flipped[len(flipped)-6] ^= 1 // in the checksum
	for _, c := range []struct {
		name, says string
		file       []byte
	}{
		{"empty", "magic number is missing", nil},
		{"wrong magic", "magic number", []byte{1, 0, 8, 1, 0, 0, 0, 0}},
		{"floats", "magic number", []byte{0, 0, 0x0d, 1, 0, 0, 0, 0}},
		{"rank 0", "magic number", []byte{0, 0, 8, 0}},
		{"rank 255", "magic number", []byte{0, 0, 8, 255}},
		{"truncated sizes", "truncated among its 2 sizes", smallIDX[:10]},
		{"truncated values", "promises 6 values, 4 are there", smallIDX[:16]},
		{"truncated gzip", "truncated", gzipped(smallIDX)[:20]},
		{"gzip of truncated", "promises 6 values, 5 are there", gzipped(smallIDX[:17])},
		{"trailing", "follows", append(slices.Clone(smallIDX), 7)},
		{"trailing in gzip", "follows", gzipped(append(slices.Clone(smallIDX), 7))},
		{"trailing after gzip", "after 6 of 6 values", append(gzipped(smallIDX), 7)},
		{"gzip checksum", "gzip", flipped},
		{"broken gzip header", "gzip header", []byte{0x1f, 0x8b, 0xff}},
		{"huge", "limit", []byte{0, 0, 8, 3, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255}},
		{"one above the limit", "limit", []byte{0, 0, 8, 1, 0, 0, 0, 101}},
	} {
		_, err := ReadIDX(bytes.NewReader(c.file), 100)
		if !errors.Is(err, ErrIDX) || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: error %q, want one about %q", c.name, err, c.says)
		}
	}
}

func TestReadIDXTakesMemoryAsValuesArrive(t *testing.T) {
	promise := []byte{0, 0, 8, 1, 0x7f, 255, 255, 255} // 2 GiB, and nothing there
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	ReadIDX(bytes.NewReader(promise), 1<<31)
	runtime.ReadMemStats(&after)
	allocated := after.TotalAlloc - before.TotalAlloc
	if allocated > 1<<16 {
		t.Errorf("%d bytes were allocated for a file of %d", allocated, len(promise))
	}
}

func TestReadIDXFileNamesTheFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "broken-idx1-ubyte")
	if err := os.WriteFile(path, smallIDX[:16], 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := ReadIDXFile(path, 100)
	if !errors.Is(err, ErrIDX) || !strings.Contains(err.Error(), path) || !strings.Contains(err.Error(), "fetch") {
		t.Errorf("error %q does not name the file and what to do", err)
	}
	if _, err := ReadIDXFile(path+"-absent", 100); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("error %q does not wrap os.ErrNotExist", err)
	}
}

func FuzzReadIDX(f *testing.F) {
	f.Add(smallIDX)
	f.Add(gzipped(smallIDX))
	f.Add(smallIDX[:11])
	f.Add([]byte{0, 0, 8, 3, 255, 255, 255, 255, 0, 0, 0, 0, 1, 1, 1, 1})
	const limit = 1 << 12
	f.Fuzz(func(t *testing.T, file []byte) {
		array, err := ReadIDX(bytes.NewReader(file), limit)
		if err != nil {
			if !errors.Is(err, ErrIDX) {
				t.Errorf("error %q is no ErrIDX", err)
			}
			return
		}
		if len(array.Data) > limit || product(array.Dims) != len(array.Data) {
			t.Errorf("sizes %v and %d values", array.Dims, len(array.Data))
		}
	})
}
