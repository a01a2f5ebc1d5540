package stream

import (
	"encoding/binary"
	"math"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/gomlx/core/tensors"

	"github.com/liegg/lab/liegg"
	"github.com/liegg/lab/liegg/internal/dependence"
)

// Watch keeps a subsample of a stream that passes, to look for dependence in it.
type Watch struct {
	sample *dependence.Sample
	passed int
	values []float64 // of one sample
}

// Watched is the stream, watched by w.
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

// add keeps what is wanted of a tensor [n, input…].
func (w *Watch) add(x *tensors.Tensor) error {
	return WatchEach(x, func(int) *Watch { return w })
}

// WatchEach gives each sample of a tensor [n, input…] to a watch.
func WatchEach(x *tensors.Tensor, by func(i int) *Watch) error {
	samples := x.Shape().Dim(0)
	return x.ConstBytes(func(data []byte) {
		size := len(data) / samples
		for i := range samples {
			by(i).see(data[i*size:(i+1)*size], x.Size()/samples, x.DType())
		}
	})
}

// see keeps a sample of so many numbers if it is wanted.
func (w *Watch) see(sample []byte, numbers int, t dtypes.DType) {
	if w.sample == nil {
		w.sample, w.values = dependence.NewSample(numbers), make([]float64, numbers)
	}
	if numbers != len(w.values) || t != dtypes.Float32 && t != dtypes.Float64 {
		return // whoever reads the stream says what is wrong
	}
	w.passed++
	if w.sample.Next() {
		readFloats(w.values, sample, t)
		w.sample.Keep(w.values)
	}
}

// readFloats reads float32 or float64 numbers in the order of bytes of this machine.
func readFloats(to []float64, data []byte, t dtypes.DType) {
	for i := range to {
		if t == dtypes.Float32 {
			to[i] = float64(math.Float32frombits(binary.NativeEndian.Uint32(data[4*i:])))
		} else {
			to[i] = math.Float64frombits(binary.NativeEndian.Uint64(data[8*i:]))
		}
	}
}

// Of returns a watch of n samples of so many numbers each, given one after the other.
func Of(values []float64, n int) *Watch {
	numbers := len(values) / n
	w := &Watch{sample: dependence.NewSample(numbers), passed: n}
	for i := range n {
		if w.sample.Next() {
			w.sample.Keep(values[i*numbers : (i+1)*numbers])
		}
	}
	return w
}

// Dependence is what was found in the samples that passed.
func (w *Watch) Dependence() liegg.Dependence {
	d := liegg.Dependence{Samples: w.passed}
	if w.sample == nil {
		return d
	}
	f := w.sample.Look()
	d.Places, d.Effective, d.Near, d.InOrder = f.Places, float64(f.Places), f.Near, f.InOrder
	return d
}
