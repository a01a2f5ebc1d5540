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
	"gonum.org/v1/gonum/floats"

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

// standAlone runs the program of the extraction once more on the first chunk, in reverse
// order, with all samples but one changed, and left out of what is differentiated: the
// gradient of this one must be what it was. So no output of another sample depends on its
// input, nor does its own gradient on the inputs of others or on its position.
func (e *extraction) standAlone(c chunk, z *tensors.Tensor, values [][]float64) error {
	if e.alone {
		return nil
	}
	batch := c.x.Shape().Dim(0)
	if batch == 1 {
		return e.probeAlone(c)
	}
	const energies = 2
	kept := []int{0} // whose gradient would hold what others see of the first and the last
	if strongest := floats.MaxIdx(values[energies][:c.count]); values[energies][0] < 1e-3*values[energies][strongest] {
		kept = []int{strongest} // the first has too little of a gradient to tell
	}
	if e.mode == CoordinateMode {
		kept = watched(c) // pushes forward: outputs count, as in outputsAlone
	}
	crowd, err := reversed(c.x, kept, 3, 1)
	if err != nil {
		return err
	}
	defer finalize(crowd)
	left, err := reversed(z, kept, 0, 0)
	if err != nil {
		return err
	}
	defer finalize(left)
	again, err := e.call(crowd, batch, left)
	if err != nil {
		return err
	}
	var before, after []float64
	for _, i := range kept {
		before, after = append(before, values[energies][i]), append(after, again[energies][reversedPlace(i, batch, kept[0])])
	}
	if !alike(before, after, tiny*max(slices.Max(values[energies]), slices.Max(again[energies]))) {
		return errSeeEachOther
	}
	e.alone = true
	return nil
}

// reversedPlace is where sample i of a batch lies in the reversed one, which is turned so
// that the sample kept comes last.
func reversedPlace(i, batch, kept int) int { return (kept + batch - 1 - i) % batch }

// watched is the sample whose outputs are compared. It is not the first of many, as that
// fills up chunks, and would meet itself.
func watched(c chunk) []int {
	if c.count < 2 || c.x.Shape().Dim(0) < 3 {
		return []int{0}
	}
	return []int{1}
}

// reversed is x with its samples in reverse order, all but those kept changed to
// by·x + plus.
func reversed(x *tensors.Tensor, kept []int, by, plus float64) (*tensors.Tensor, error) {
	y, err := x.LocalClone()
	if err != nil {
		return nil, err
	}
	batch := x.Shape().Dim(0)
	if x.DType() == dtypes.Float64 {
		err = tensors.MutableFlatData(y, func(values []float64) { reverse(values, batch, kept, by, plus) })
	} else {
		err = tensors.MutableFlatData(y, func(values []float32) { reverse(values, batch, kept, float32(by), float32(plus)) })
	}
	return y, err
}

func reverse[T float32 | float64](values []T, batch int, kept []int, by, plus T) {
	size := len(values) / batch
	before, last := slices.Clone(values), 0
	if len(kept) > 0 {
		last = kept[0]
	}
	for i := range batch {
		to := values[reversedPlace(i, batch, last)*size:][:size]
		copy(to, before[i*size:])
		if !slices.Contains(kept, i) {
			move(to, by, plus)
		}
	}
}

func move[T float32 | float64](values []T, by, plus T) {
	for i := range values {
		values[i] = by*values[i] + plus
	}
}

// outputsAlone runs a program from x to outputs once more on its first chunk, in reverse
// order and with all samples but one changed: the outputs y of this one must stay.
func outputsAlone(exec *model.Exec, c chunk, y *tensors.Tensor) error {
	kept := watched(c)
	crowd, err := crowded(c.x, kept)
	if err != nil {
		return err
	}
	defer finalize(crowd)
	again, err := exec.Call(crowd)
	if err != nil {
		return fmt.Errorf("network: running the model failed: %w", cause(err))
	}
	defer finalize(again...)
	if same, err := alikeRows(y, again[0], kept); err != nil || !same {
		return cmp.Or(err, errSeeEachOther)
	}
	return nil
}

// crowded is reversed, or, for a single sample, a batch that ends with it.
func crowded(x *tensors.Tensor, kept []int) (*tensors.Tensor, error) {
	if x.Shape().Dim(0) > 1 {
		return reversed(x, kept, 3, 1)
	}
	other, err := reversed(x, nil, 3, 1)
	if err != nil {
		return nil, err
	}
	defer finalize(other)
	var both concatenation
	if err := errors.Join(both.add(other, 1), both.add(x, 1)); err != nil {
		return nil, err
	}
	return both.tensor()
}

// alikeRows compares the rows of outputs that were kept with those of the reversed batch:
// floats up to rounding, and other types exactly.
func alikeRows(y, other *tensors.Tensor, kept []int) (same bool, err error) {
	before, err := dataset.Values(y)
	if err != nil { // no float32 or float64
		var first []byte
		err := errors.Join(
			y.ConstBytes(func(data []byte) { first = rows(data, y.Shape().Dim(0), kept, false) }),
			other.ConstBytes(func(data []byte) { same = bytes.Equal(first, rows(data, other.Shape().Dim(0), kept, true)) }))
		return same, err
	}
	after, err := dataset.Values(other)
	if err != nil {
		return false, err
	}
	before, after = rows(before, y.Shape().Dim(0), kept, false), rows(after, other.Shape().Dim(0), kept, true)
	return alike(before, after, tiny*largest(before, after)), nil
}

// rows are those of some samples of a batch, counted from its end if it is reversed.
func rows[T any](data []T, batch int, samples []int, reversed bool) (some []T) {
	size := len(data) / batch
	for _, i := range samples {
		if reversed {
			i = reversedPlace(i, batch, samples[0])
		}
		some = append(some, data[i*size:(i+1)*size]...)
	}
	return some
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
		few := Slice(x, AxisRange(0, min(2, size)))
		others := AddScalar(MulScalar(Slice(x, AxisRange(max(0, size-2))), 3), 1)
		return []*Node{e.y(scope, few), amongOthers(few, others, func(x *Node) *Node { return e.y(scope, x) })}
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

// amongOthers is f of a few samples, each of them between others, in reverse order.
func amongOthers(few, others *Node, f func(x *Node) *Node) *Node {
	n, apart := few.Shape().Dim(0), others.Shape().Dim(0)
	crowd := []*Node{others}
	for i := range n {
		crowd = append(crowd, Slice(few, AxisElem(n-1-i)), others)
	}
	y := f(Concatenate(append(crowd, others), 0)) // one more, so that few do not mirror each other
	own := make([]*Node, n)
	for i := range n {
		own[n-1-i] = Slice(y, AxisElem(apart+i*(apart+1)))
	}
	return Concatenate(own, 0)
}
