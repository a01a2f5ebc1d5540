package dataset

import (
	"errors"
	"fmt"
	"math"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	"github.com/gomlx/gomlx/core/tensors"

	"github.com/liegg/lab/liegg/dataset/npy"
)

// ErrFile is wrapped by errors about the contents of a file that [ReadCSV]
// has opened, and by errors of [Labels].
var ErrFile = errors.New("data that cannot be used")

// ErrBudget is wrapped by errors of files that would take more memory than
// their [Budget]. The errors say how much.
var ErrBudget = npy.ErrBudget

// Budget is the memory, in bytes, that the contents of one file may take. 0
// means the default: 1 GiB, or the value of the environment variable
// LIEGG_FILE_BUDGET, in bytes or as in 8GiB. To raise it for one file:
//
//	x, err := dataset.Budget(16 << 30).ReadNPY("x.npy")
//
// All readers accept regular files only, because pipes and devices may never
// end.
type Budget int64

// ReadNPY reads an .npy file with the default budget; see [Budget.ReadNPY].
func ReadNPY(path string) (*tensors.Tensor, error) { return Budget(0).ReadNPY(path) }

// ReadNPY reads an array saved by NumPy as a tensor of the same shape: inputs
// [N, in…] or targets [N, out]. Values of type float16 and float32, bool and
// integers of 8 and 16 bits become float32, all other real numbers float64,
// exactly.
//
// It returns the errors of [npy.Budget.Open]: object arrays, which are
// pickles, and complex numbers are refused.
func (b Budget) ReadNPY(path string) (t *tensors.Tensor, err error) {
	err = npy.Budget(b).Open(path, func(r *npy.Reader) error { t, err = readTensor(r); return err })
	return t, err
}

// ReadNPZ reads one array of an .npz file with the default budget; see [Budget.ReadNPZ].
func ReadNPZ(path, name string) (*tensors.Tensor, error) { return Budget(0).ReadNPZ(path, name) }

// ReadNPZ reads one array of an .npz file, as [Budget.ReadNPY] does. An empty
// name selects the only array. It returns the errors of [npy.Budget.OpenZip].
func (b Budget) ReadNPZ(path, name string) (t *tensors.Tensor, err error) {
	err = npy.Budget(b).OpenZip(path, name, func(r *npy.Reader) error { t, err = readTensor(r); return err })
	return t, err
}

// readTensor reads an array into the memory of a tensor.
func readTensor(r *npy.Reader) (*tensors.Tensor, error) {
	dtype := dtypes.Float64
	if r.Single {
		dtype = dtypes.Float32
	}
	t := tensors.FromShape(shapes.Make(dtype, r.Dims...))
	var err error
	must(t.MutableFlatData(func(flat any) {
		switch flat := flat.(type) {
		case []float32:
			err = npy.ReadValues(r, flat)
		case []float64:
			err = npy.ReadValues(r, flat)
		}
	}))
	if err != nil {
		t.FinalizeAll()
		return nil, err
	}
	return t, nil
}

// Labels converts a tensor [N] or [N, 1] of whole numbers ≥ 0 in float32 or
// float64, as the readers return them, to class labels [N, 1] int32, as
// [Samples] hold them. The error wraps [ErrFile] and names the first value
// that is not a label.
func Labels(y *tensors.Tensor) (*tensors.Tensor, error) {
	values, n := floats(y), y.Shape().Size()
	if y.Rank() == 0 || y.Shape().Dim(0) != n {
		return nil, fmt.Errorf("dataset: %w: labels need the shape [N] or [N, 1], got %s", ErrFile, y.Shape())
	}
	labels := make([]int32, n)
	for i, v := range values {
		if v != math.Trunc(v) || v < 0 || v > math.MaxInt32 {
			return nil, fmt.Errorf("dataset: %w: label %d is %g, but classes are whole numbers ≥ 0", ErrFile, i, v)
		}
		labels[i] = int32(v)
	}
	return tensors.FromFlatDataAndDimensions(labels, n, 1), nil
}
