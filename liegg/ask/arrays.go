package ask

import (
	"fmt"
	"math"
	"path/filepath"
	"slices"
	"strings"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/gomlx/core/tensors"

	"github.com/liegg/lab/liegg/dataset"
	"github.com/liegg/lab/liegg/dataset/npy"
	"github.com/liegg/lab/liegg/internal/spelling"
)

// arrays are the contents of a data file: the arrays of an .npz, the only one of an .npy, the
// columns of a .csv.
type arrays struct {
	path, kind string
	names      []string
	held       *tensors.Tensor // inputs of the program, in the place of a file; nil for none
}

func openArrays(path string) (a arrays, err error) {
	a = arrays{path: path, kind: strings.ToLower(filepath.Ext(path))}
	switch a.kind {
	case ".npz":
		a.names, err = npy.Names(path)
	case ".csv", ".tsv", ".txt":
		a.names, err = dataset.CSV{}.Columns(path)
	case ".npy":
		err = npy.Budget(0).Open(path, func(*npy.Reader) error { return nil })
	default:
		err = fmt.Errorf("%s: data are read from files that end in .npz, .npy or .csv", path)
	}
	return a, err
}

// table reports whether the arrays are columns of numbers.
func (a arrays) table() bool { return a.kind != ".npz" && a.kind != ".npy" }

// has reports whether there is an array of this name.
func (a arrays) has(name string) bool { return slices.Contains(a.names, name) }

// array is one array of a file, float32 or float64.
type array struct {
	name  string
	t     *tensors.Tensor
	whole bool // its file holds integers
}

// read reads the array of this name, or a file if the name ends in .npy.
func (a arrays) read(field, name string) (r array, err error) {
	r.name = name
	var look func(func(*npy.Reader) error) error
	switch {
	case strings.HasSuffix(name, ".npy") && !a.has(name):
		look = func(see func(*npy.Reader) error) error { return npy.Budget(0).Open(name, see) }
		r.t, err = dataset.ReadNPY(name)
	case a.held != nil:
		return r, fmt.Errorf("%s %s: the inputs are a value of the program, without other arrays beside them: give a file that holds all, or an .npy file", field, name)
	case !a.has(name):
		return r, fmt.Errorf("%s %s: %s has no such array; the nearest is %q, of %.400q", field, name, a.path, spelling.Nearest(name, a.names), a.names)
	case a.table():
		r.t, err = dataset.ReadCSV(a.path, name)
		return r, err
	default:
		look = func(see func(*npy.Reader) error) error { return npy.Budget(0).OpenZip(a.path, name, see) }
		r.t, err = dataset.ReadNPZ(a.path, name)
	}
	if err != nil {
		return r, fmt.Errorf("%s %s: %w", field, name, err)
	}
	if r.t.Rank() == 0 {
		return r, fmt.Errorf("%s %s is a single number, without a sample axis", field, name)
	}
	return r, look(func(n *npy.Reader) error { r.whole = n.Whole; return nil })
}

// samples returns the length of the first axis.
func (r array) samples() int { return r.t.Shape().Dim(0) }

// moving returns an error if the array holds integers, which cannot move.
func (r array) moving() error {
	if !r.whole {
		return nil
	}
	return fmt.Errorf("%q holds integers, which no action can move: if they are quantities, such as grey values, save them as the floats that the network takes, x.astype(\"float32\"); if they are labels or tokens, move another input", r.name)
}

// ints returns the values of an array of whole numbers, one for each sample.
func (r array) ints(field string) ([]int, error) {
	values, err := dataset.Values(r.t)
	if err != nil {
		return nil, err
	}
	if len(values) != r.samples() {
		return nil, fmt.Errorf("%s %s: there must be one number for each sample, but its shape is %v", field, r.name, r.t.Shape().Dimensions)
	}
	whole := make([]int, len(values))
	for i, v := range values {
		if v != math.Trunc(v) || math.Abs(v) > 1<<53 {
			return nil, fmt.Errorf("%s %s: labels are whole numbers, but sample %d has %g", field, r.name, i, v)
		}
		whole[i] = int(v)
	}
	return whole, nil
}

// as converts a tensor to another floating-point type.
func as(t *tensors.Tensor, dtype dtypes.DType) (*tensors.Tensor, error) {
	if t.DType() == dtype {
		return t, nil
	}
	values, err := dataset.Values(t)
	if err != nil {
		return nil, err
	}
	if dtype == dtypes.Float64 {
		return tensors.FromFlatDataAndDimensions(values, t.Shape().Dimensions...), nil
	}
	narrow := make([]float32, len(values))
	for i, v := range values {
		narrow[i] = float32(v)
	}
	return tensors.FromFlatDataAndDimensions(narrow, t.Shape().Dimensions...), nil
}

// picked returns some samples of a tensor, or all if samples is nil.
func picked(t *tensors.Tensor, samples []int) (*tensors.Tensor, error) {
	if samples == nil {
		return t, nil
	}
	shape := t.Shape().Clone()
	size := int(t.ByteSize()) / shape.Dim(0)
	shape.Dimensions[0] = len(samples)
	some := tensors.FromShape(shape)
	err := t.ConstBytes(func(from []byte) {
		err := some.MutableBytes(func(to []byte) {
			for at, i := range samples {
				copy(to[at*size:(at+1)*size], from[i*size:])
			}
		})
		if err != nil {
			panic(err)
		}
	})
	return some, err
}
