package stream

import (
	"errors"
	"iter"

	"github.com/gomlx/compute"
	"github.com/gomlx/gomlx/core/tensors"

	"github.com/liegg/lab/liegg/dataset"
	"github.com/liegg/lab/liegg/internal/tensor"
)

// A verdict compares gradients with the velocities of another sample of their batch (unpaired). The
// blocks of a short stream hold one sample each, since an interval needs 100 of them. So there the
// batch of the sample i has a second row, which adds nothing to the sums: the sample
//
//	i' = i + ⌊n/2⌋ mod n
//
// of the n samples of the beginning. The n pairs (i, i') give
//
//	ρ_ref² = Σ_i w_iw_i'‖J_iT_i'‖²_F / Σ_i w_iw_i'‖J_i‖²_F‖T_i'‖²_F,
//
// as pairs in larger batches do. The same pairs of the pilot give V, the mean of ½‖y_i − y_i'‖².

// Partnered gives chunks of one sample a second row: of n samples, partner returns the one with
// the given index.
func Partnered(chunks iter.Seq2[Chunk, error], n int, partner func(i int) *tensors.Tensor) iter.Seq2[Chunk, error] {
	if n < 2 {
		return chunks
	}
	return func(yield func(Chunk, error) bool) {
		for c, err := range chunks {
			if err == nil {
				other := partner((c.Number(0) + n/2) % n)
				alone := c.X
				c.X, err = Concatenated([]*tensors.Tensor{alone, other}, 2)
				tensor.Finalize(alone, other)
			}
			if !yield(c, err) {
				return
			}
		}
	}
}

// ByIndex returns the samples of x, [1, …], by their index.
func ByIndex(x *tensors.Tensor) func(i int) *tensors.Tensor {
	return func(i int) *tensors.Tensor { return dataset.Rows(x, i, i+1) }
}

// Piloted streams the samples of the beginning of a stream with the given indices, in the batches of a
// verdict's program.
func Piloted(beginning *tensors.Tensor, at []int, backend compute.Backend, batch int) iter.Seq2[Chunk, error] {
	chunks := Pick(beginning, at, backend, batch)
	if batch > 1 {
		return chunks
	}
	return Partnered(chunks, len(at), func(i int) *tensors.Tensor { return ByIndex(beginning)(at[i]) })
}

// Concatenated puts batches of one shape one after the other, the last one again until there are count.
func Concatenated(batches []*tensors.Tensor, count int) (*tensors.Tensor, error) {
	shape := batches[0].Shape().Clone()
	shape.Dimensions[0] *= count
	x := tensors.FromShape(shape)
	var inner error
	err := x.MutableBytes(func(to []byte) {
		size := len(to) / count
		for i := range count {
			from := batches[min(i, len(batches)-1)]
			inner = errors.Join(inner, from.ConstBytes(func(data []byte) { copy(to[i*size:], data) }))
		}
	})
	return x, errors.Join(err, inner)
}
