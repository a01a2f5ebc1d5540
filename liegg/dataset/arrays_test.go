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
	for _, dims := range [][]int{{0, 3}, {}, {1, 1}} {
		values := make([]float64, product(dims))
		path := saved(t, "a.npy", func(f *os.File) error { return npy.Write(f, npy.Of(values, dims...)) })
		got, err := ReadNPY(path)
		if err != nil || !slices.Equal(got.Shape().Dimensions, dims) || !slices.Equal(tensors.MustCopyFlatData[float64](got), values) {
			t.Errorf("%v: %v, %v", dims, got, err)
		}
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
