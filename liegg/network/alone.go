package network

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"

	"github.com/liegg/lab/liegg/dataset"
)

// A model whose samples see each other (batch normalisation in training mode, for
// instance) is refused, since gradients are taken of sums over the batch.

var errSeeEachOther = errors.New("network: the output for a sample depends on the other samples of its batch: evaluate batch normalisation with its running averages, so that each sample stands alone")

// width is the number of rows per sample for inputs of a shape. It builds the graph
// and compiles nothing.
func (e *extraction) width(backend compute.Backend, shape shapes.Shape) (m int, err error) {
	defer func() {
		if err != nil {
			err = fmt.Errorf("network: the model cannot be run on inputs of shape %s: %w", shape, cause(err))
		}
	}()
	defer caught(&err)
	g := NewGraph(backend, "width")
	defer g.Finalize()
	return e.y(e.network.Store.RootScope(), Parameter(g, "x", shape)).Shape().Dim(1), nil
}

// standAlone runs the program of the extraction once more on the first chunk, with
// the samples behind the first few changed, and left out of what is differentiated:
// the gradients of these few must be what they were. So no output of another sample
// depends on their inputs, nor do their own gradients on the inputs of others.
func (e *extraction) standAlone(c chunk, z *tensors.Tensor, values [][]float64) error {
	few := min(2, c.x.Shape().Dim(0)/2, c.count)
	if e.alone || few == 0 {
		return nil
	}
	crowd, err := elsewhere(c.x, few, 3)
	if err != nil {
		return err
	}
	defer finalize(crowd)
	left, err := elsewhere(z, few, 0)
	if err != nil {
		return err
	}
	defer finalize(left)
	again, err := called(e.exec, crowd, int32(c.count), left)
	if err != nil {
		return err
	}
	const energies = 2
	before, after := values[energies], again[energies][:few]
	if !alike(before[:few], after, tiny*max(slices.Max(before), slices.Max(after))) {
		return errSeeEachOther
	}
	e.alone = true
	return nil
}

// elsewhere is x with all samples but the first few multiplied by a factor.
func elsewhere(x *tensors.Tensor, few int, by float64) (*tensors.Tensor, error) {
	y, err := x.LocalClone()
	if err != nil {
		return nil, err
	}
	kept := few * x.Size() / x.Shape().Dim(0)
	if x.DType() == dtypes.Float64 {
		err = tensors.MutableFlatData(y, func(values []float64) { scale(values[kept:], by) })
	} else {
		err = tensors.MutableFlatData(y, func(values []float32) { scale(values[kept:], float32(by)) })
	}
	return y, err
}

func scale[T float32 | float64](values []T, by T) {
	for i := range values {
		values[i] *= by
	}
}

// tiny is the part of a number that its rounding may be.
const tiny = 1e-6

// alike compares numbers of samples alone and in other company, but those below a floor.
func alike(alone, company []float64, floor float64) bool {
	for i := range alone {
		if math.Abs(alone[i]-company[i]) > 1e-3*(math.Abs(alone[i])+math.Abs(company[i])+floor) {
			return false
		}
	}
	return true
}

// probe runs the model on a few samples alone and beside others, for programs that
// do not tell by themselves whether samples see each other, and returns the number
// of rows per sample.
func (e *extraction) probe(backend compute.Backend, c chunk) (outputs int, err error) {
	y, err := model.CallOnceN(backend, e.network.Store, func(scope *model.Scope, x *Node) []*Node {
		size := x.Shape().Dim(0)
		pair := Slice(x, AxisRange(0, min(2, size)))
		crowd := Concatenate([]*Node{pair, MulScalar(Slice(x, AxisRange(max(0, size-2))), 3)}, 0)
		company := Slice(e.y(scope, crowd), AxisRange(0, pair.Shape().Dim(0)))
		return []*Node{e.y(scope, pair), company}
	}, c.x)
	if err != nil {
		return 0, fmt.Errorf("network: the model cannot be run on inputs of shape %s: %w", c.x.Shape(), cause(err))
	}
	defer finalize(y...)
	alone, err := dataset.Values(y[0])
	if err != nil {
		return 0, fmt.Errorf("network: the model's outputs: %w", err)
	}
	company, err := dataset.Values(y[1])
	if err != nil {
		return 0, err
	}
	if !alike(alone, company, tiny) {
		return 0, errSeeEachOther
	}
	return y[0].Shape().Dim(1), nil
}
