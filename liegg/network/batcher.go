package network

import (
	"fmt"
	"iter"
	"slices"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	"github.com/gomlx/gomlx/core/tensors"

	"github.com/liegg/lab/liegg/internal/tensor"
)

// chunk is a batch of fixed size of which the first count samples are real; the
// rest repeat the first one, so that XLA compiles one program.
type chunk struct {
	x     *tensors.Tensor
	count int
	first int // index of the first sample in the stream, where they follow each other

	block   int   // of evidence, counted from 1, where the stream was sent to blocks; else 0
	numbers []int // index of each sample in the stream, there
}

// number is the index of a sample of the chunk in the stream.
func (c chunk) number(i int) int {
	if c.numbers != nil {
		return c.numbers[i]
	}
	return c.first + i
}

// chunks cuts a stream into batches of the given size, above 0, in the memory of a
// backend, or outside of any where it is nil.
func chunks(inputs Inputs, backend compute.Backend, size int) iter.Seq2[chunk, error] {
	return func(yield func(chunk, error) bool) {
		b := batcher{backend: backend, size: size}
		b.cut(inputs, yield)
	}
}

// fitting cuts a stream into batches of at most the size that inputs of so many numbers
// each want, and that fit the number of samples where the stream is short; backend as
// for chunks.
func fitting(inputs Inputs, backend compute.Backend, most func(numbers int) int) iter.Seq2[chunk, error] {
	return func(yield func(chunk, error) bool) {
		b := batcher{backend: backend, most: most}
		b.cut(inputs, yield)
	}
}

// batcher gathers samples, whatever tensors they come in, into chunks.
type batcher struct {
	backend compute.Backend
	shape   []int // of one input
	dtype   dtypes.DType
	numbers int // of one input

	size    int                   // samples in a chunk; 0 while it is not known
	most    func(numbers int) int // chooses it
	waiting []*tensors.Tensor     // for it to be known
	ahead   int                   // samples that wait

	next   *tensors.Tensor // the chunk that is being filled
	filled int             // samples in it
	passed int             // samples given away
}

func (b *batcher) cut(inputs Inputs, yield func(chunk, error) bool) {
	defer func() { finalize(b.waiting...) }()
	for x, err := range inputs {
		if err == nil {
			err = b.check(x)
		}
		if err != nil {
			yield(chunk{}, err)
			return
		}
		b.wait(x)
		if b.size > 0 && !b.feed(yield) {
			return
		}
	}
	if b.size == 0 && b.ahead > 0 {
		b.size = b.fit(b.most(b.numbers))
	}
	if b.feed(yield) && b.filled > 0 {
		yield(b.padded(), nil)
	}
}

// check returns an error unless x can follow what came before it.
func (b *batcher) check(x *tensors.Tensor) error {
	if err := tensor.CheckInputs(x); err != nil {
		return err
	}
	if b.shape != nil && (!slices.Equal(b.shape, x.Shape().Dimensions[1:]) || b.dtype != x.DType()) {
		return fmt.Errorf("network: inputs of shape %v %s follow inputs of shape %v %s: all must be alike",
			x.Shape().Dimensions[1:], x.DType(), b.shape, b.dtype)
	}
	return nil
}

// learn takes the shape of inputs from the first of them.
func (b *batcher) learn(x *tensors.Tensor) {
	if b.shape != nil {
		return
	}
	b.shape, b.dtype, b.numbers = append([]int{}, x.Shape().Dimensions[1:]...), x.DType(), 1
	for _, d := range b.shape {
		b.numbers *= d
	}
}

// wait takes x, and chooses the size of chunks where enough samples have come.
func (b *batcher) wait(x *tensors.Tensor) {
	b.learn(x)
	b.waiting = append(b.waiting, x)
	b.ahead += x.Shape().Dim(0)
	if b.size == 0 && b.ahead >= ahead*b.most(b.numbers) {
		b.size = b.most(b.numbers)
	}
}

// feed copies what waits into chunks, and yields each that it fills. It reports
// whether to go on.
func (b *batcher) feed(yield func(chunk, error) bool) bool {
	goOn := true
	for len(b.waiting) > 0 && goOn {
		x := b.waiting[0]
		b.waiting = b.waiting[1:]
		if b.isChunk(x) {
			b.next, b.filled = x, b.size
			goOn = yield(b.chunk(), nil)
			continue
		}
		if err := x.ConstBytes(func(data []byte) {
			for len(data) > 0 && goOn {
				data = data[b.fill(data):]
				if b.filled == b.size {
					goOn = yield(b.chunk(), nil)
				}
			}
		}); err != nil {
			panic(err)
		}
		finalize(x)
	}
	return goOn
}

// fit is the size of chunks, at most most, for a stream that is known to its end.
func (b *batcher) fit(most int) int {
	if b.takesTensors() && len(b.waiting) == 1 && b.ahead <= most {
		return b.ahead
	}
	return even(b.ahead, most)
}

// takesTensors says whether a tensor of the stream may be a chunk itself: where the
// device does not read chunks from memory that it shares with us.
func (b *batcher) takesTensors() bool { return b.backend == nil || !b.backend.HasSharedBuffers() }

// isChunk says whether x is the next chunk itself.
func (b *batcher) isChunk(x *tensors.Tensor) bool {
	return b.takesTensors() && b.filled == 0 && x.Shape().Dim(0) == b.size && !x.IsOnAnyDevice()
}

// fill copies as many samples as fit into the next chunk and returns their bytes.
func (b *batcher) fill(data []byte) (copied int) {
	if b.next == nil {
		var err error
		b.next, err = tensors.FromShapeForBackend(b.backend, 0, shapes.Make(b.dtype, append([]int{b.size}, b.shape...)...))
		if err != nil {
			panic(err)
		}
	}
	if err := b.next.MutableBytes(func(own []byte) { copied = copy(own[b.filled*b.sample():], data) }); err != nil {
		panic(err)
	}
	b.filled += copied / b.sample()
	return copied
}

// sample is the number of bytes of a sample.
func (b *batcher) sample() int { return max(1, b.numbers*b.dtype.Size()) }

func (b *batcher) chunk() chunk {
	c := chunk{x: b.next, count: b.filled, first: b.passed}
	b.passed += b.filled
	b.next, b.filled = nil, 0
	return c
}

// padded is the last chunk, filled up with copies of its first sample.
func (b *batcher) padded() chunk {
	if err := b.next.MutableBytes(func(own []byte) {
		sample := own[:b.sample()]
		for i := b.filled; i < b.size; i++ {
			copy(own[i*len(sample):], sample)
		}
	}); err != nil {
		panic(err)
	}
	return b.chunk()
}
