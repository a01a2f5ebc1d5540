package stream

import (
	"iter"

	"github.com/gomlx/compute"
	"github.com/gomlx/gomlx/core/tensors"

	"github.com/liegg/lab/liegg/internal/tensor"
)

// Blocks tells the block of each sample of a stream.
type Blocks interface {
	// Most returns the largest number of blocks.
	Most() int
	// Next returns the block, counted from 0, of the next sample of the stream.
	Next() (block int, err error)
	// End returns an error if the stream should have had more samples.
	End() error
}

// Sort cuts a stream into chunks of the given size. Each chunk holds samples of one block
// only. Samples wait until their chunk is full: at most one chunk for each block.
func Sort(inputs Inputs, backend compute.Backend, size int, of Blocks) iter.Seq2[Chunk, error] {
	return func(yield func(Chunk, error) bool) {
		s := sorter{of: of, blocks: make([]sorted, of.Most())}
		for b := range s.blocks {
			s.blocks[b].batcher = batcher{backend: backend, size: size}
		}
		defer s.finalize()
		for x, err := range inputs {
			if err == nil {
				err = s.like.check(x)
			}
			if err != nil {
				yield(Chunk{}, err)
				return
			}
			if !s.feed(x, yield) {
				return
			}
		}
		s.flush(yield)
	}
}

// sorter sends samples to blocks.
type sorter struct {
	of     Blocks
	passed int     // number of samples so far
	like   batcher // knows the shape of inputs
	blocks []sorted
}

// sorted holds the waiting samples of one block.
type sorted struct {
	batcher
	indices []int // indices in the stream
}

// feed sends the samples of x to their blocks, and yields each full chunk. It reports whether
// to go on.
func (s *sorter) feed(x *tensors.Tensor, yield func(Chunk, error) bool) (goOn bool) {
	defer tensor.Finalize(x)
	if x.Shape().Dim(0) == 0 {
		return true
	}
	s.like.learn(x)
	goOn = true
	if err := x.ConstBytes(func(data []byte) {
		for ; len(data) > 0 && goOn; data = data[s.like.sample():] {
			goOn = s.send(data[:s.like.sample()], yield)
		}
	}); err != nil {
		panic(err)
	}
	return goOn
}

func (s *sorter) send(sample []byte, yield func(Chunk, error) bool) (goOn bool) {
	number := s.passed
	s.passed++
	at, err := s.of.Next()
	if err != nil {
		yield(Chunk{}, err)
		return false
	}
	b := &s.blocks[at]
	b.shape, b.dtype, b.numbers = s.like.shape, s.like.dtype, s.like.numbers
	b.indices = append(b.indices, number)
	b.fill(sample)
	if b.filled < b.size {
		return true
	}
	return yield(b.full(at, b.chunk()), nil)
}

// full labels a chunk with its block and the indices of its samples.
func (b *sorted) full(at int, c Chunk) Chunk {
	c.Block, c.Numbers = at+1, b.indices
	b.indices = nil
	return c
}

// flush fills up the waiting chunks and yields them, unless the stream was too short.
func (s *sorter) flush(yield func(Chunk, error) bool) {
	if s.passed == 0 {
		return
	}
	if err := s.of.End(); err != nil {
		yield(Chunk{}, err)
		return
	}
	for at := range s.blocks {
		b := &s.blocks[at]
		if b.filled == 0 {
			continue
		}
		c, err := b.padded()
		if !yield(b.full(at, c), err) {
			return
		}
	}
}

func (s *sorter) finalize() {
	for _, b := range s.blocks {
		tensor.Finalize(b.next)
	}
}
