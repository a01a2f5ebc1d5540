package network

import (
	"iter"

	"github.com/gomlx/compute"
	"github.com/gomlx/gomlx/core/tensors"
)

// allottedBytes bounds the samples that wait for their chunks to fill up, one chunk for
// each block.
const allottedBytes = 256 << 20

// batch is the number of samples in a chunk of one block, for samples of so many bytes:
// what was asked for, or what holds a block of a stream of which so many samples are
// known, within what suits the device and memory.
func (a *allotment) batch(asked, known, suits, bytes int) int {
	size := asked
	if size == 0 {
		blocks := a.blocks(known)
		size = min((known+blocks-1)/blocks, suits)
	}
	return max(1, min(size, allottedBytes/(a.most*max(1, bytes))))
}

// chunks cuts a stream into chunks of the given size each of which holds samples of one
// block alone. Samples wait, at most a chunk for each block, until theirs is full.
func (a *allotment) chunks(inputs Inputs, backend compute.Backend, size int) iter.Seq2[chunk, error] {
	return func(yield func(chunk, error) bool) {
		s := sorter{allotment: a, blocks: make([]sorted, a.most)}
		for b := range s.blocks {
			s.blocks[b].batcher = batcher{backend: backend, size: size}
		}
		defer s.finalize()
		for x, err := range inputs {
			if err == nil {
				err = s.like.check(x)
			}
			if err != nil {
				yield(chunk{}, err)
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
	*allotment
	like   batcher // knows the shape of inputs
	blocks []sorted
}

// sorted are the samples of one block that wait.
type sorted struct {
	batcher
	indices []int // in the stream
}

// feed sends the samples of x to their blocks, and yields each chunk that is full. It
// reports whether to go on.
func (s *sorter) feed(x *tensors.Tensor, yield func(chunk, error) bool) (goOn bool) {
	defer finalize(x)
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

func (s *sorter) send(sample []byte, yield func(chunk, error) bool) (goOn bool) {
	number := s.passed
	at, err := s.take()
	if err != nil {
		yield(chunk{}, err)
		return false
	}
	b := &s.blocks[at]
	b.shape, b.dtype, b.numbers = s.like.shape, s.like.dtype, s.like.numbers
	b.indices = append(b.indices, number)
	b.fill(sample)
	if b.filled < b.size {
		return true
	}
	return yield(b.full(at, b.chunk), nil)
}

// full is a chunk of the block, as made.
func (b *sorted) full(at int, made func() chunk) chunk {
	c := made()
	c.block, c.numbers = at+1, b.indices
	b.indices = nil
	return c
}

// flush yields what waits, filled up, once the stream is known to be as long as it
// should be.
func (s *sorter) flush(yield func(chunk, error) bool) {
	if s.passed == 0 {
		return
	}
	if err := s.end(); err != nil {
		yield(chunk{}, err)
		return
	}
	for at := range s.blocks {
		b := &s.blocks[at]
		if b.filled > 0 && !yield(b.full(at, b.padded), nil) {
			return
		}
	}
}

func (s *sorter) finalize() {
	for _, b := range s.blocks {
		finalize(b.next)
	}
}
