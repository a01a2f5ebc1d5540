package stream

import (
	"encoding/binary"
	"math"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/gomlx/core/tensors"

	"github.com/liegg/lab/liegg"
	"github.com/liegg/lab/liegg/internal/dependence"
)

// Watch keeps a subsample of a stream as it passes, to look for dependent samples.
type Watch struct {
	Moves  []bool // which numbers of a sample to look at; nil for all
	sample *dependence.Sample
	passed int
	values []float64 // the numbers of one sample
}

// Watched returns a stream that w watches.
func (w *Watch) Watched(inputs Inputs) Inputs {
	return func(yield func(*tensors.Tensor, error) bool) {
		for x, err := range inputs {
			if err == nil && x.Ok() && x.Rank() > 0 && x.Size() > 0 {
				err = w.add(x)
			}
			if !yield(x, err) {
				return
			}
		}
	}
}

// add keeps the samples of a tensor [n, input…] that the subsample needs.
func (w *Watch) add(x *tensors.Tensor) error {
	if away(x) == nil || x.DType() != dtypes.Float32 && x.DType() != dtypes.Float64 {
		return WatchEach(x, func(int) *Watch { return w })
	}
	samples := x.Shape().Dim(0)
	numbers := x.Size() / samples
	if !w.takes(numbers) {
		return nil
	}
	var kept Joined // alone is read back from the device
	if err := kept.pick(x, w.sample.Coming(samples)); err != nil {
		return err
	}
	w.passed += samples
	size := numbers * x.DType().Size()
	for range samples {
		if w.sample.Next() {
			w.keep(kept.Bytes[:size], x.DType())
			kept.Bytes = kept.Bytes[size:]
		}
	}
	return nil
}

// WatchEach passes each sample of a tensor [n, input…] to its own watch.
func WatchEach(x *tensors.Tensor, by func(i int) *Watch) error {
	samples := x.Shape().Dim(0)
	return x.ConstBytes(func(data []byte) {
		size := len(data) / samples
		for i := range samples {
			by(i).see(data[i*size:(i+1)*size], x.Size()/samples, x.DType())
		}
	})
}

// see keeps a sample, given as the bytes of its numbers, if the subsample needs it.
func (w *Watch) see(sample []byte, numbers int, t dtypes.DType) {
	if !w.takes(numbers) || t != dtypes.Float32 && t != dtypes.Float64 {
		return // reading the stream reports the error
	}
	w.passed++
	if w.sample.Next() {
		w.keep(sample, t)
	}
}

// takes reports whether samples of so many numbers follow those before, if there were any.
func (w *Watch) takes(numbers int) bool {
	if w.sample == nil {
		w.sample, w.values = dependence.NewSample(w.count(numbers)), make([]float64, numbers)
	}
	return numbers == len(w.values)
}

// keep keeps a sample, given as the bytes of its numbers.
func (w *Watch) keep(sample []byte, t dtypes.DType) {
	readFloats(w.values, sample, t)
	w.sample.Keep(w.picked(w.values))
}

// readFloats reads float32 or float64 numbers in the byte order of this machine.
func readFloats(to []float64, data []byte, t dtypes.DType) {
	for i := range to {
		if t == dtypes.Float32 {
			to[i] = float64(math.Float32frombits(binary.NativeEndian.Uint32(data[4*i:])))
		} else {
			to[i] = math.Float64frombits(binary.NativeEndian.Uint64(data[8*i:]))
		}
	}
}

// count returns how many of the numbers of a sample are looked at.
func (w *Watch) count(numbers int) int { return len(w.picked(make([]float64, numbers))) }

// picked returns the numbers of a sample that are looked at.
func (w *Watch) picked(values []float64) []float64 {
	if len(w.Moves) != len(values) { // all of them; if the lengths differ, reading the stream reports the error
		return values
	}
	var some []float64
	for i, v := range values {
		if w.Moves[i] {
			some = append(some, v)
		}
	}
	return some
}

// Of returns a watch of n samples, one after the other in values. moves selects the numbers of a
// sample to look at; nil selects all.
func Of(values []float64, n int, moves []bool) *Watch {
	numbers := len(values) / n
	w := &Watch{Moves: moves, passed: n}
	w.sample = dependence.NewSample(w.count(numbers))
	for i := range n {
		if w.sample.Next() {
			w.sample.Keep(w.picked(values[i*numbers : (i+1)*numbers]))
		}
	}
	return w
}

// Dependence looks for dependence among the samples that passed.
func (w *Watch) Dependence() liegg.Dependence {
	d := liegg.Dependence{Samples: w.passed}
	if w.sample == nil {
		return d
	}
	f := w.sample.Look()
	d.Places, d.Effective, d.Near, d.InOrder = f.Places, float64(f.Places), f.Near, f.InOrder
	return d
}
