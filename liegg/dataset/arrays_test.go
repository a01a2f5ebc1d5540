package dataset

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/gomlx/gomlx/core/tensors"

	"github.com/liegg/lab/liegg/dataset/npy"
)

// saved writes a file and returns its path.
func saved(t *testing.T, name string, write func(f *os.File) error) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := write(f); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestReadNumPyArrays(t *testing.T) {
	x := npy.Array{Dims: []int{2, 3}, Float32: []float32{1, 2, 3, 4, 5, 6}}
	y := npy.Of([]float64{.1, .2}, 2, 1)
	single := saved(t, "x.npy", func(f *os.File) error { return npy.Write(f, x) })
	both := saved(t, "both.npz", func(f *os.File) error { return npy.WriteZip(f, map[string]npy.Array{"x": x, "y": y}) })
	for name, read := range map[string]func() (*tensors.Tensor, error){
		"npy": func() (*tensors.Tensor, error) { return ReadNPY(single) },
		"npz": func() (*tensors.Tensor, error) { return ReadNPZ(both, "x") },
	} {
		got, err := read()
		if err != nil || !slices.Equal(got.Shape().Dimensions, x.Dims) || !slices.Equal(tensors.MustCopyFlatData[float32](got), x.Float32) {
			t.Errorf("%s: %v, %v", name, got, err)
		}
	}
	got, err := ReadNPZ(both, "y")
	if err != nil || !slices.Equal(tensors.MustCopyFlatData[float64](got), y.Float64) {
		t.Errorf("%v, %v", got, err)
	}
	if _, err := ReadNPZ(both, ""); !strings.Contains(err.Error(), `["x" "y"]`) {
		t.Errorf("error %v", err)
	}
}

func TestLabels(t *testing.T) {
	for _, y := range []*tensors.Tensor{tensors.FromValue([]float64{3, 0}), tensors.FromValue([][]float32{{3}, {0}})} {
		labels, err := Labels(y)
		if err != nil || !slices.Equal(labels.Shape().Dimensions, []int{2, 1}) || !slices.Equal(tensors.MustCopyFlatData[int32](labels), []int32{3, 0}) {
			t.Errorf("%v, %v", labels, err)
		}
	}
	for says, y := range map[string]*tensors.Tensor{
		"label 1 is 0.5": tensors.FromValue([]float64{1, .5}),
		"label 0 is -1":  tensors.FromValue([]float64{-1}),
		"the shape":      tensors.FromValue([][]float64{{1, 2}}),
	} {
		if _, err := Labels(y); !errors.Is(err, ErrFile) || !strings.Contains(err.Error(), says) {
			t.Errorf("error %v, want one that says %q", err, says)
		}
	}
}

func TestReadCSV(t *testing.T) {
	for _, c := range []struct {
		table   string
		columns []string
		want    []float64
		width   int
	}{
		{"x,y\n1,2\n3,4\n", nil, []float64{1, 2, 3, 4}, 2},
		{"\ufeffx, y\r\n1, 2e3\r\n3,-4\r\n", []string{"y", "x"}, []float64{2000, 1, -4, 3}, 2},
		{"1,2\n3,4", []string{"2"}, []float64{2, 4}, 1},
		{"x,x\n1,2\n", nil, []float64{1, 2}, 2},
		{"\"a,b\",label\n.5,cat\n", []string{"a,b"}, []float64{.5}, 1},
	} {
		path := saved(t, "a.csv", func(f *os.File) error { _, err := f.WriteString(c.table); return err })
		got, err := ReadCSV(path, c.columns...)
		if err != nil || !slices.Equal(tensors.MustCopyFlatData[float64](got), c.want) || got.Shape().Dim(1) != c.width {
			t.Errorf("%q: %v, %v", c.table, got, err)
		}
	}
}

func TestReadCSVRefuses(t *testing.T) {
	for table, says := range map[string]string{
		"":                   "empty",
		"x,y\n":              "no line of numbers",
		"x,y\n1,2\n3\n":      "wrong number of fields",
		"x,y\n1,2\n3,four\n": `line 3, column "y": "four"`,
		"x,y\n1,\n":          `line 2, column "y": ""`,
		"x,y\n1,NaN\n":       `"NaN" is no finite number`,
		"x,y\n1,1e999\n":     `"1e999" is no finite number`,
		"x,y\n\"1,2\n":       "quote",
	} {
		path := saved(t, "a.csv", func(f *os.File) error { _, err := f.WriteString(table); return err })
		_, err := ReadCSV(path)
		if !errors.Is(err, ErrFile) || !strings.Contains(err.Error(), says) || !strings.Contains(err.Error(), path) {
			t.Errorf("%q: error %v, want one that says %q", table, err, says)
		}
	}
	for column, table := range map[string]string{"z": "x,y\n1,2\n", "x": "x,x\n1,2\n", "3": "1,2\n"} {
		path := saved(t, "a.csv", func(f *os.File) error { _, err := f.WriteString(table); return err })
		if _, err := ReadCSV(path, column); !errors.Is(err, ErrFile) || !strings.Contains(err.Error(), "must be there once") {
			t.Errorf("column %q of %q: error %v", column, table, err)
		}
	}
}

func FuzzReadCSV(f *testing.F) {
	f.Add("x,y\n1,2\n")
	f.Add("1,2\n3,4")
	f.Add("\"a\",\n")
	f.Fuzz(func(t *testing.T, table string) {
		values, width, err := readCSV(strings.NewReader(table), nil)
		if err == nil && (width < 1 || len(values)%width != 0) {
			t.Errorf("%d values in %d columns", len(values), width)
		}
	})
}
