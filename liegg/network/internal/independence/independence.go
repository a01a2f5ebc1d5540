// Package independence checks whether the samples of a batch affect each other, as with batch
// normalisation in training mode, or whether their number matters. It runs some samples once more
// in a batch of another size, among other samples. Their results must stay the same.
package independence

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/dtypes"
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"

	"github.com/liegg/lab/liegg/dataset"
	"github.com/liegg/lab/liegg/internal/devicefault"
	"github.com/liegg/lab/liegg/internal/graphpanic"
	"github.com/liegg/lab/liegg/internal/tensor"
	"github.com/liegg/lab/liegg/network/internal/stream"
)

// ErrDependent is the error for models whose samples are not independent.
var ErrDependent = errors.New("network: the output for a sample depends on the other samples of its batch, or on their number: evaluate batch normalisation with its running averages, so that each sample stands alone")

// Same compares the results for a sample with the results that again computes for it among other
// samples, and returns ErrDependent if they differ by more than rounding errors. Numbers below the
// floor count as equal. For steep functions, or far from the origin, rounding errors may be large.
// Then the results also differ among inputs that differ from x by rounding errors only, and this
// sample decides nothing: decided is false.
func Same(before []float64, floor float64, x *tensors.Tensor, again func(x *tensors.Tensor) ([]float64, error)) (decided bool, err error) {
	after, err := again(x)
	if err != nil {
		return false, err
	}
	if Agree(before, after, math.Max(floor, Rounding*largest(after))) {
		return true, nil
	}
	low, high := slices.Clone(after), slices.Clone(after)
	for _, units := range []float64{1, -1, 2, -2, 4, -4, 8, -8} {
		nudged, err := nudged(x, units)
		if err != nil {
			return false, err
		}
		values, err := again(nudged)
		tensor.Finalize(nudged)
		if err != nil {
			return false, err
		}
		for i, v := range values {
			low[i], high[i] = min(low[i], v), max(high[i], v)
		}
	}
	for i, v := range before {
		if spread := high[i] - low[i]; v < low[i]-spread || v > high[i]+spread {
			return false, ErrDependent
		}
	}
	return false, nil
}

// nudged returns x with all numbers changed by some units in their last place.
func nudged(x *tensors.Tensor, units float64) (*tensors.Tensor, error) {
	y, err := x.LocalClone()
	if err != nil {
		return nil, err
	}
	if y.DType() == dtypes.Float64 {
		return y, tensors.MutableFlatData(y, func(v []float64) { stretch(v, 1+units*0x1p-52) })
	}
	return y, tensors.MutableFlatData(y, func(v []float32) { stretch(v, float32(1+units*0x1p-23)) })
}

func stretch[T float32 | float64](values []T, by T) {
	for i := range values {
		values[i] *= by
	}
}

// Watched returns the sample of a chunk whose outputs are compared. It is not the first if there
// are several: copies of the first sample fill up chunks, so it would be compared among itself.
func Watched(c stream.Chunk) int {
	if c.Count < 2 || c.X.Shape().Dim(0) < 3 {
		return 0
	}
	return 1
}

// Probe returns ErrDependent if the values y(x) [batch, m] of a few samples depend on other
// samples. Otherwise it returns the number m of values per sample. It is for programs that do not
// compare their own results.
func Probe(backend compute.Backend, store *model.Store, y func(scope *model.Scope, x *Node) *Node, c stream.Chunk) (m int, err error) {
	exec, err := model.NewExec(backend, store, func(scope *model.Scope, x *Node) []*Node {
		size := x.Shape().Dim(0)
		probed := Slice(x, AxisRange(0, min(2, size)))
		others := AddScalar(MulScalar(Slice(x, AxisRange(max(0, size-2))), 3), 1)
		return []*Node{y(scope, probed), between(probed, others, func(x *Node) *Node { return y(scope, x) })}
	})
	if err != nil {
		return 0, err
	}
	defer exec.Finalize()
	var before []float64
	again := func(x *tensors.Tensor) (after []float64, err error) {
		results, err := exec.Call(x)
		if err != nil {
			return nil, fmt.Errorf("network: the model cannot be run on inputs of shape %s: %w", x.Shape(), graphpanic.Cause(err))
		}
		defer tensor.Finalize(results...)
		if before == nil {
			if before, err = dataset.Values(results[0]); err != nil {
				return nil, fmt.Errorf("network: the model's outputs: %w", err)
			}
			m = results[0].Shape().Dim(1)
		}
		return dataset.Values(results[1])
	}
	if _, err := again(c.X); err != nil {
		return 0, err
	}
	_, err = Same(before, Rounding, c.X, again)
	return m, err
}

// between is f of a few samples, each of them between others, in reverse order.
func between(probed, others *Node, f func(x *Node) *Node) *Node {
	n, gap := probed.Shape().Dim(0), others.Shape().Dim(0)
	batch := []*Node{others}
	for i := range n {
		batch = append(batch, Slice(probed, AxisElem(n-1-i)), others)
	}
	y := f(Concatenate(append(batch, others), 0)) // one more of them, so that the order is not symmetric
	results := make([]*Node, n)
	for i := range n {
		results[n-1-i] = Slice(y, AxisElem(gap+i*(gap+1)))
	}
	return Concatenate(results, 0)
}

// OfOutputs returns ErrDependent if a program, which computed the outputs y for the first chunk,
// computes other outputs for a sample among other samples.
func OfOutputs(exec *model.Exec, c stream.Chunk, y *tensors.Tensor) error {
	kept := Watched(c)
	before, err := dataset.Values(y)
	if err != nil { // outputs are not float32 or float64
		again, err := Among(exec, kept, c.X)
		if err != nil {
			return devicefault.Explained(fmt.Errorf("network: running the model failed: %w", graphpanic.Cause(err)))
		}
		defer tensor.Finalize(again)
		if same, err := sameRows(y, kept, again); err != nil || !same {
			return cmp.Or(err, ErrDependent)
		}
		return nil
	}
	before = tensor.Nth(before, kept, y.Shape().Dim(0))
	_, err = Same(before, Rounding*largest(before), c.X, func(x *tensors.Tensor) ([]float64, error) {
		again, err := Among(exec, kept, x)
		if err != nil {
			return nil, devicefault.Explained(fmt.Errorf("network: running the model failed: %w", graphpanic.Cause(err)))
		}
		defer tensor.Finalize(again)
		after, err := dataset.Values(again)
		if err != nil {
			return nil, err
		}
		size := again.Shape().Dim(0)
		return tensor.Nth(after, size-1, size), nil
	})
	return err
}

// sameRows compares a row of outputs with the last one of others, exactly.
func sameRows(y *tensors.Tensor, kept int, other *tensors.Tensor) (same bool, err error) {
	batch, size := y.Shape().Dim(0), other.Shape().Dim(0)
	var first []byte
	err = errors.Join(
		y.ConstBytes(func(data []byte) { first = slices.Clone(tensor.Nth(data, kept, batch)) }),
		other.ConstBytes(func(data []byte) { same = bytes.Equal(first, tensor.Nth(data, size-1, size)) }))
	return same, err
}

// largest returns the largest finite magnitude among numbers.
func largest(lists ...[]float64) (size float64) {
	for _, v := range slices.Concat(lists...) {
		if v-v == 0 {
			size = max(size, math.Abs(v))
		}
	}
	return size
}

// Rounding is a bound on relative rounding errors.
const Rounding = 1e-6

// Agree compares numbers of a sample in two batches. Numbers below the floor count as equal.
func Agree(before, after []float64, floor float64) bool {
	for i := range before {
		if math.Abs(before[i]-after[i]) > 1e-3*(math.Abs(before[i])+math.Abs(after[i])+floor) {
			return false
		}
	}
	return true
}
