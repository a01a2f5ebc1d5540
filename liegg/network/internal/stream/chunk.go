// Package stream cuts streams of inputs into chunks for programs with a fixed batch size,
// sorts samples by block, and looks at the beginning of streams.
package stream

import (
	"fmt"
	"iter"

	"github.com/gomlx/compute/shapes"
	"github.com/gomlx/gomlx/core/tensors"

	"github.com/liegg/lab/liegg/internal/tensor"
)

// Inputs is a stream of inputs [n, input…]; see network.Inputs.
type Inputs = iter.Seq2[*tensors.Tensor, error]

// Chunk is a batch of fixed size. Its first Count samples are real; the others repeat the
// first one, or the first one of a block, so that XLA compiles one program.
type Chunk struct {
	X     *tensors.Tensor // [size, input…]
	Count int
	First int // index of the first sample in the stream, if its samples follow each other

	Block   int   // of evidence, counted from 1; 0 if the stream was not sorted by block
	Numbers []int // index of each sample in the stream, if it was sorted by block
}

// Number returns the index in the stream of sample i of the chunk.
func (c Chunk) Number(i int) int {
	if c.Numbers != nil {
		return c.Numbers[i]
	}
	return c.First + i
}

// Part returns which samples of the chunk belong to one of several blocks of equal size. Its X is
// the whole chunk.
func (c Chunk) Part(block, blocks int) Chunk {
	size := c.X.Shape().Dim(0) / blocks
	part := c
	part.First += block * size
	part.Count = max(0, min(size, c.Count-block*size))
	if c.Numbers != nil {
		part.Numbers = c.Numbers[block*size : block*size+part.Count]
	}
	return part
}

// Piece returns a copy of the samples from…from+size−1 of the chunk, at least one of which is real.
// It repeats the first of them where the chunk has no more. Samples on a device stay there.
func (c Chunk) Piece(from, size int) (Chunk, error) {
	there := c.X.Shape().Dim(0) - from
	piece := c
	piece.First, piece.Count = c.First+from, min(size, c.Count-from)
	if c.Numbers != nil {
		piece.Numbers = c.Numbers[from : from+piece.Count]
	}
	if backend := away(c.X); backend != nil {
		var err error
		piece.X, err = rowsOf(c.X, backend, from, min(size, there), from, size)
		return piece, err
	}
	at := make([]int, size)
	for i := range at {
		if at[i] = from; i < there {
			at[i] += i
		}
	}
	var samples Joined
	if err := samples.pick(c.X, at); err != nil {
		return piece, err
	}
	var err error
	piece.X, err = samples.Tensor()
	return piece, err
}

// Joined collects the samples of chunks, or the results of a program for them, in one tensor.
type Joined struct {
	Shape   shapes.Shape // of the last chunk
	Bytes   []byte
	Samples int
}

// Add appends the first count samples of y [size, …].
func (j *Joined) Add(y *tensors.Tensor, count int) error {
	if count == 0 {
		return nil
	}
	j.Shape = y.Shape()
	j.Samples += count
	return y.ConstBytes(func(data []byte) {
		j.Bytes = append(j.Bytes, data[:len(data)/y.Shape().Dim(0)*count]...)
	})
}

// pick appends the samples of x with the given indices. If x lies on a device alone, only they are
// read back.
func (j *Joined) pick(x *tensors.Tensor, at []int) error {
	j.Shape = x.Shape()
	if backend := away(x); backend != nil && len(at) > 0 {
		few, err := pickedFrom(x, backend, at)
		if err != nil {
			return err
		}
		defer tensor.Finalize(few)
		return j.Add(few, len(at))
	}
	return x.ConstBytes(func(data []byte) {
		size := len(data) / x.Shape().Dim(0)
		for _, i := range at {
			j.Bytes = append(j.Bytes, data[i*size:(i+1)*size]...)
		}
		j.Samples += len(at)
	})
}

// Tensor returns a copy of all samples, [samples, …]. It returns an error if there are none.
func (j *Joined) Tensor() (*tensors.Tensor, error) {
	if j.Samples == 0 {
		return nil, fmt.Errorf("network: no samples to run the model on")
	}
	y := tensors.FromShape(shapes.Make(j.Shape.DType, append([]int{j.Samples}, j.Shape.Dimensions[1:]...)...))
	return y, y.MutableBytes(func(data []byte) { copy(data, j.Bytes) })
}
