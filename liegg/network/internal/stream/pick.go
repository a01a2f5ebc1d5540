package stream

import (
	"iter"

	"github.com/gomlx/compute"
	"github.com/gomlx/gomlx/core/tensors"
)

// Sampled streams n samples of x, spread evenly over it, in batches.
func Sampled(x *tensors.Tensor, n int, backend compute.Backend, batch int) iter.Seq2[Chunk, error] {
	return Pick(x, Evenly(n, x.Shape().Dim(0)), backend, batch)
}

// Evenly returns n of the indices 0 … all−1, as evenly as possible.
func Evenly(n, all int) []int {
	at := make([]int, n)
	for i := range at {
		at[i] = i * all / n
	}
	return at
}

// Pick streams the samples of x with the given indices.
func Pick(x *tensors.Tensor, at []int, backend compute.Backend, batch int) iter.Seq2[Chunk, error] {
	all, n := x.Shape().Dim(0), len(at)
	some := func(yield func(*tensors.Tensor, error) bool) {
		shape := x.Shape().Clone()
		shape.Dimensions[0] = n
		t := tensors.FromShape(shape)
		err := x.ConstBytes(func(from []byte) {
			size := len(from) / all
			if err := t.MutableBytes(func(data []byte) {
				for to, i := range at {
					copy(data[to*size:(to+1)*size], from[i*size:])
				}
			}); err != nil {
				panic(err)
			}
		})
		yield(t, err)
	}
	return Cut(some, backend, batch)
}
