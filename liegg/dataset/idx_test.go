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

	"github.com/liegg/lab/liegg/internal/expect"
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
		array, err := Budget(6).readIDX(bytes.NewReader(file), int64(len(file)))
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
		{"truncated values", "promises 6 values, but there are 4", smallIDX[:16]},
		{"truncated gzip", "truncated", gzipped(smallIDX)[:20]},
		{"gzip of truncated", "promises 6 values, but there are 5", gzipped(smallIDX[:17])},
		{"trailing", "data follow", append(slices.Clone(smallIDX), 7)},
		{"trailing in gzip", "data follow", gzipped(append(slices.Clone(smallIDX), 7))},
		{"trailing after gzip", "after the 6 values", append(gzipped(smallIDX), 7)},
		{"gzip checksum", "gzip", flipped},
		{"broken gzip header", "gzip header", []byte{0x1f, 0x8b, 0xff}},
		{"huge", "overflows", []byte{0, 0, 8, 3, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255}},
	} {
		_, err := Budget(100).readIDX(bytes.NewReader(c.file), int64(len(c.file)))
		if !errors.Is(err, ErrIDX) || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: error %q, want one about %q", c.name, err, c.says)
		}
	}
}

// A header may promise what it likes: memory is taken for what the file can hold.
func TestReadIDXTakesNoMemoryForPromises(t *testing.T) {
	promise := []byte{0, 0, 8, 1, 0x7f, 255, 255, 255} // 2 GiB, and nothing there
	for _, file := range [][]byte{promise, gzipped(promise)} {
		taken := allocated(func() {
			_, err := Budget(1<<31).readIDX(bytes.NewReader(file), int64(len(file)))
			expect.Error(t, err, "truncated: the header promises 2147483647 values", "can hold")
		})
		if taken > 1<<17 {
			t.Errorf("%d bytes were allocated for a file of %d", taken, len(file))
		}
	}
}

// A gzipped file of a few bytes unpacks to any number of zeros: it is refused by its header.
func TestReadIDXFileKeepsToItsBudget(t *testing.T) {
	const n = 10_000_000
	bomb := gzipped(append([]byte{0, 0, 8, 1, 0, 0x98, 0x96, 0x80}, make([]byte, n)...))
	path := filepath.Join(t.TempDir(), "bomb-idx1-ubyte.gz")
	if err := os.WriteFile(path, bomb, 0o600); err != nil {
		t.Fatal(err)
	}
	if array, err := Budget(n).ReadIDXFile(path); err != nil || len(array.Data) != n || cap(array.Data) != n {
		t.Errorf("%d values, %v", len(array.Data), err)
	}
	taken := allocated(func() {
		_, err := Budget(n - 1).ReadIDXFile(path)
		expect.Error(t, err, path, "take 10000000 bytes, but the budget is 9999999", "LIEGG_FILE_BUDGET=10000000")
		if !errors.Is(err, ErrBudget) || errors.Is(err, ErrIDX) {
			t.Errorf("error %v", err)
		}
	})
	if taken > 1<<17 {
		t.Errorf("%d bytes were allocated", taken)
	}
}

func allocated(f func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

func TestReadIDXFileNamesTheFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "broken-idx1-ubyte")
	if err := os.WriteFile(path, smallIDX[:16], 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := ReadIDXFile(path)
	if !errors.Is(err, ErrIDX) || !strings.Contains(err.Error(), path) || !strings.Contains(err.Error(), "download") {
		t.Errorf("error %q does not name the file and what to do", err)
	}
	if _, err := ReadIDXFile(path + "-absent"); !errors.Is(err, os.ErrNotExist) {
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
		array, err := Budget(limit).readIDX(bytes.NewReader(file), int64(len(file)))
		if err != nil {
			if !errors.Is(err, ErrIDX) && !errors.Is(err, ErrBudget) {
				t.Errorf("error %q is of no known kind", err)
			}
			return
		}
		if len(array.Data) > limit || product(array.Dims) != len(array.Data) {
			t.Errorf("sizes %v and %d values", array.Dims, len(array.Data))
		}
	})
}
