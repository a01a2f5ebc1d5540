package network

import (
	"bytes"
	"cmp"
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
	if e.alone {
		return nil
	}
	if few == 0 { // a batch of one sample
		return e.probeAlone(c)
	}
	crowd, err := elsewhere(c.x, few, 3, 1)
	if err != nil {
		return err
	}
	defer finalize(crowd)
	left, err := elsewhere(z, few, 0, 0)
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

// elsewhere is x with all samples but the first few changed to by·x + plus.
func elsewhere(x *tensors.Tensor, few int, by, plus float64) (*tensors.Tensor, error) {
	y, err := x.LocalClone()
	if err != nil {
		return nil, err
	}
	kept := few * x.Size() / x.Shape().Dim(0)
	if x.DType() == dtypes.Float64 {
		err = tensors.MutableFlatData(y, func(values []float64) { move(values[kept:], by, plus) })
	} else {
		err = tensors.MutableFlatData(y, func(values []float32) { move(values[kept:], float32(by), float32(plus)) })
	}
	return y, err
}

func move[T float32 | float64](values []T, by, plus T) {
	for i := range values {
		values[i] = by*values[i] + plus
	}
}

// outputsAlone runs a program from x to outputs once more on its first chunk, with the
// samples behind the first few changed: the outputs y of these few must stay.
func outputsAlone(exec *model.Exec, c chunk, y *tensors.Tensor) error {
	few := max(1, min(2, c.x.Shape().Dim(0)/2, c.count))
	crowd, err := crowded(c.x, few)
	if err != nil {
		return err
	}
	defer finalize(crowd)
	again, err := exec.Call(crowd)
	if err != nil {
		return fmt.Errorf("network: running the model failed: %w", cause(err))
	}
	defer finalize(again...)
	if same, err := alikeRows(y, again[0], few); err != nil || !same {
		return cmp.Or(err, errSeeEachOther)
	}
	return nil
}

// crowded is elsewhere, or, for a single sample, a batch of it and another one.
func crowded(x *tensors.Tensor, few int) (*tensors.Tensor, error) {
	if x.Shape().Dim(0) > 1 {
		return elsewhere(x, few, 3, 1)
	}
	other, err := elsewhere(x, 0, 3, 1)
	if err != nil {
		return nil, err
	}
	defer finalize(other)
	var both concatenation
	if err := errors.Join(both.add(x, 1), both.add(other, 1)); err != nil {
		return nil, err
	}
	return both.tensor()
}

// alikeRows compares the first few rows of outputs: floats up to rounding, and other types
// exactly.
func alikeRows(y, other *tensors.Tensor, few int) (same bool, err error) {
	before, err := dataset.Values(y)
	if err != nil { // no float32 or float64
		var first []byte
		rows := func(t *tensors.Tensor, see func([]byte)) error {
			return t.ConstBytes(func(data []byte) { see(data[:len(data)/t.Shape().Dim(0)*few]) })
		}
		err := errors.Join(
			rows(y, func(data []byte) { first = bytes.Clone(data) }),
			rows(other, func(data []byte) { same = bytes.Equal(first, data) }))
		return same, err
	}
	after, err := dataset.Values(other)
	if err != nil {
		return false, err
	}
	own := few * len(before) / y.Shape().Dim(0)
	before, after = before[:own], after[:own]
	return alike(before, after, tiny*largest(before, after)), nil
}

// largest is the largest finite magnitude among numbers.
func largest(lists ...[]float64) (size float64) {
	for _, v := range slices.Concat(lists...) {
		if !notFinite(v) {
			size = max(size, math.Abs(v))
		}
	}
	return size
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

// probeAlone is probe, for extractions that know the number of rows.
func (e *extraction) probeAlone(c chunk) error {
	backend, err := e.network.backend()
	if err != nil {
		return err
	}
	if _, err := e.probe(backend, c); err != nil {
		return err
	}
	e.alone = true
	return nil
}

// probe runs the model on a few samples alone and beside others, for programs that
// do not tell by themselves whether samples see each other, and returns the number
// of rows per sample.
func (e *extraction) probe(backend compute.Backend, c chunk) (outputs int, err error) {
	y, err := model.CallOnceN(backend, e.network.Store, func(scope *model.Scope, x *Node) []*Node {
		size := x.Shape().Dim(0)
		pair := Slice(x, AxisRange(0, min(2, size)))
		crowd := Concatenate([]*Node{pair, AddScalar(MulScalar(Slice(x, AxisRange(max(0, size-2))), 3), 1)}, 0)
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
