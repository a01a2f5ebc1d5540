package npy

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/liegg/lab/liegg/internal/bounded"
	"github.com/liegg/lab/liegg/internal/expect"
)

// file is an .npy file with the given header and values.
func file(descr string, fortran bool, shape string, values ...byte) []byte {
	order := map[bool]string{true: "True", false: "False"}[fortran]
	return raw(fmt.Sprintf("{'descr': %s, 'fortran_order': %s, 'shape': %s, }\n", descr, order, shape), values...)
}

func raw(header string, values ...byte) []byte {
	head := append([]byte(magic), 1, 0, byte(len(header)), byte(len(header)>>8))
	return append(append(head, header...), values...)
}

func read(b []byte) (Array, error) { return Budget(1 << 20).array(b) }

func (b Budget) array(file []byte) (a Array, err error) {
	err = b.open(bytes.NewReader(file), int64(len(file)), a.from)
	return a, err
}

func TestReadTypes(t *testing.T) {
	for _, c := range []struct {
		descr  string
		values []byte
		want   []float64
		single bool
	}{
		{"'|b1'", []byte{0, 1}, []float64{0, 1}, true},
		{"'|i1'", []byte{0xff, 127}, []float64{-1, 127}, true},
		{"'|u1'", []byte{0xff, 0}, []float64{255, 0}, true},
		{"'<i2'", []byte{0xfe, 0xff}, []float64{-2}, true},
		{"'>u2'", []byte{1, 2}, []float64{258}, true},
		{"'<i4'", []byte{0xff, 0xff, 0xff, 0xff}, []float64{-1}, false},
		{"'>u4'", []byte{0xff, 0, 0, 0}, []float64{0xff000000}, false},
		{"'<i8'", []byte{0, 0, 0, 0, 0, 0, 0x20, 0}, []float64{1 << 53}, false},
		{"'<u8'", []byte{7, 0, 0, 0, 0, 0, 0, 0}, []float64{7}, false},
		{"'<f2'", []byte{0x00, 0x3e, 0x01, 0x00}, []float64{1.5, 0x1p-24}, true},
		{"'>f4'", []byte{0x3f, 0xc0, 0, 0}, []float64{1.5}, true},
		{"'<f8'", []byte{0, 0, 0, 0, 0, 0, 0xf8, 0x3f}, []float64{1.5}, false},
	} {
		a, err := read(file(c.descr, false, fmt.Sprintf("(%d,)", len(c.want)), c.values...))
		if err != nil || !slices.Equal(a.Values(), c.want) || (a.Float32 != nil) != c.single {
			t.Errorf("%s: %v %v, want %v", c.descr, a, err, c.want)
		}
	}
}

func TestReadShapes(t *testing.T) {
	for shape, dims := range map[string][]int{"()": {}, "(1,)": {1}, "(1, 1)": {1, 1}, "(1L,)": {1}} {
		if a, err := read(file("'|u1'", false, shape, 9)); err != nil || !slices.Equal(a.Dims, dims) {
			t.Errorf("%s: %v, %v", shape, a.Dims, err)
		}
	}
	if a, err := read(file("'|u1'", false, "(0, 3)")); err != nil || a.Len() != 0 {
		t.Errorf("an empty array: %v, %v", a, err)
	}
}

// Integers and bools are distinguished from floats before they are read.
func TestWhole(t *testing.T) {
	for descr, want := range map[string]bool{"'|b1'": true, "'|u1'": true, "'<i8'": true, "'>i4'": true, "'<f2'": false, "'=f4'": false, "'>f8'": false} {
		var got bool
		err := Budget(0).open(bytes.NewReader(file(descr, false, "(0,)")), 1<<10, func(r *Reader) error { got = r.Whole; return nil })
		if err != nil || got != want {
			t.Errorf("%s: Whole is %v, want %v (%v)", descr, got, want, err)
		}
	}
}

// The value at [i, j, k] of a Fortran file is at i + 2(j + 3k).
func TestReadFortranOrder(t *testing.T) {
	var values []byte
	for v := range byte(24) {
		values = append(values, v)
	}
	a, err := read(file("'|u1'", true, "(2, 3, 4)", values...))
	if err != nil {
		t.Fatal(err)
	}
	for at, v := range a.Values() {
		i, j, k := at/12, at/4%3, at%4
		if want := i + 2*(j+3*k); int(v) != want {
			t.Errorf("[%d %d %d] is %g, want %d", i, j, k, v, want)
		}
	}
}

func TestReadRefuses(t *testing.T) {
	whole := file("'<f8'", false, "(1,)", make([]byte, 8)...)
	for _, c := range []struct {
		says string
		kind error
		file []byte
	}{
		{"begin", ErrFormat, nil},
		{"begin", ErrFormat, []byte("PK\x03\x04 and more")},
		{"version 9", ErrFormat, []byte(magic + "\x09\x00\x00\x00")},
		{"a header of", ErrFormat, []byte(magic + "\x02\x00\xff\xff\xff\x7f")},
		{"within the header", ErrFormat, whole[:40]},
		{"the header is", ErrFormat, raw("{'descr': '<f8'}\n")},
		{"the header is", ErrFormat, raw("}{\n")},
		{"claims [9] = 9 values of 8 bytes, but there can be ", ErrFormat, file("'<f8'", false, "(9,)", 1)},
		{"claims 1 values, but there are 0", ErrFormat, whole[:len(whole)-1]},
		{"data follow", ErrFormat, append(slices.Clone(whole), 0)},
		{"claims the shape", ErrFormat, file("'<f8'", false, "(-1,)")},
		{"claims the shape", ErrFormat, file("'<f8'", false, "(99999999999999999999,)")},
		{"claims the shape", ErrFormat, file("'<f8'", false, "(4611686018427387904, 4611686018427387904)")},
		{"claims the shape", ErrFormat, file("'<f8'", false, "("+strings.Repeat("1, ", 40)+")")},
		{"take 1048584 bytes, but the budget is 1048576", ErrBudget, file("'<f8'", false, "(131073,)", make([]byte, 8*131073)...)},
		{"take 1048580 bytes, but the budget is 1048576", ErrBudget, file("'|u1'", false, "(1, 262145)", make([]byte, 262145)...)},
		{"pickle", ErrType, file("'|O'", false, "(1,)", 0x80, 4, '.')},
		{"complex", ErrType, file("'<c16'", false, "(1,)", make([]byte, 16)...)},
		{"structured", ErrType, file("[('a', '<f8')]", false, "(1,)", make([]byte, 8)...)},
		{"real numbers", ErrType, file("'<U5'", false, "(1,)", make([]byte, 20)...)},
		{"index 1 is beyond ±2⁵³", ErrType, file("'<i8'", false, "(2,)", 1, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0x20, 0)},
		{"index 0 is beyond", ErrType, file("'<i8'", false, "(1,)", 0, 0, 0, 0, 0, 0, 0, 0x80)},
		{"index 0 is beyond", ErrType, file("'<u8'", false, "(1,)", bytes.Repeat([]byte{0xff}, 8)...)},
	} {
		if _, err := read(c.file); !errors.Is(err, c.kind) || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%.60q: error %v, want one that says %q", c.file, err, c.says)
		}
	}
}

func allocated(f func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

func TestWriteAndReadAgain(t *testing.T) {
	for _, a := range []Array{
		Of([]float64{1, math.Inf(1), -0.5, math.Pi, 0, 1e-300}, 2, 3),
		Of([]float64{7}),
		Of([]float64{1, 2}, 2),
		{Dims: []int{1, 2, 1}, Float32: []float32{.1, .2}},
	} {
		var b bytes.Buffer
		if err := Write(&b, a); err != nil {
			t.Fatal(err)
		}
		again, err := read(b.Bytes())
		if err != nil || !slices.Equal(again.Dims, a.Dims) || !slices.Equal(again.Values(), a.Values()) || (again.Float32 == nil) != (a.Float32 == nil) {
			t.Errorf("%v became %v, %v", a, again, err)
		}
		if head := bytes.IndexByte(b.Bytes(), '\n') + 1; head%64 != 0 {
			t.Errorf("the values begin at byte %d, which is no multiple of 64", head)
		}
	}
}

func TestReadFileNamesTheFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "huge.npy")
	if err := os.WriteFile(path, file("'<f8'", false, "(99999999, 1000)"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := ReadFile(path); !errors.Is(err, ErrFormat) || !strings.Contains(err.Error(), path) || !strings.Contains(err.Error(), "truncated") {
		t.Errorf("error %v", err)
	}
	if _, err := ReadFile(path + "-absent"); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("error %v", err)
	}
}

// A sparse file holds all that its header claims, and takes no room on the disk.
func TestReadFileKeepsToItsBudget(t *testing.T) {
	head := file("'<f8'", false, "(125000000000,)")
	path := filepath.Join(t.TempDir(), "sparse.npy")
	if err := os.WriteFile(path, head, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(path, int64(len(head))+1e12); err != nil {
		t.Skip("this file system has no sparse files:", err)
	}
	taken := allocated(func() {
		_, err := ReadFile(path)
		expect.Error(t, err, path, "[125000000000]", "1000000000000 bytes", "LIEGG_FILE_BUDGET=1000000000000")
		if !errors.Is(err, ErrBudget) {
			t.Errorf("%v is no ErrBudget", err)
		}
	})
	if taken > 1<<18 {
		t.Errorf("%d bytes were allocated", taken)
	}
}

// An array read from a file takes no more memory than its values, for any order and type in the file.
func TestReadFileTakesNoMoreThanTheValues(t *testing.T) {
	const n = 1 << 20
	path := filepath.Join(t.TempDir(), "a.npy")
	if err := os.WriteFile(path, file("'|u1'", true, fmt.Sprintf("(%d, 1)", n), make([]byte, n)...), 0o600); err != nil {
		t.Fatal(err)
	}
	taken := allocated(func() {
		if a, err := Budget(4 * n).ReadFile(path); err != nil || a.Len() != n {
			t.Errorf("%d values, %v", a.Len(), err)
		}
	})
	if taken > 4*n+1<<18 {
		t.Errorf("%d bytes were allocated for %d values", taken, n)
	}
	_, err := Budget(4*n - 1).ReadFile(path)
	expect.Error(t, err, "budget")
	t.Setenv(bounded.Env, "1MiB")
	_, err = ReadFile(path)
	expect.Error(t, err, "take 4194304 bytes, but the budget is 1048576")
}

func FuzzRead(f *testing.F) {
	f.Add(file("'<f8'", false, "(1,)", make([]byte, 8)...))
	f.Add(file("'>f2'", true, "(1, 2)", make([]byte, 4)...))
	f.Add(file("'|O'", false, "(1,)", 1))
	f.Add([]byte(magic + "\x02\x00\xff\xff\xff\x7f"))
	const limit = 1 << 12
	f.Fuzz(func(t *testing.T, b []byte) {
		a, err := Budget(limit).array(b)
		if err != nil {
			if !errors.Is(err, ErrFormat) && !errors.Is(err, ErrType) && !errors.Is(err, ErrBudget) {
				t.Errorf("error %v is of no known kind", err)
			}
			return
		}
		if n, ok := product(a.Dims); !ok || n != a.Len() || 4*n > limit {
			t.Errorf("sizes %v and %d values", a.Dims, a.Len())
		}
	})
}
