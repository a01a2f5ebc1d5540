package stream

import (
	"fmt"
	"iter"
	"slices"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	"github.com/gomlx/gomlx/core/tensors"

	"github.com/liegg/lab/liegg/internal/tensor"
	"github.com/liegg/lab/liegg/network/internal/device"
)

// Cut cuts a stream into chunks of the given size, above 0. Chunks are in the memory of a
// backend, or in the memory of the program if it is nil. The caller must free them.
func Cut(inputs Inputs, backend compute.Backend, size int) iter.Seq2[Chunk, error] {
	return func(yield func(Chunk, error) bool) {
		b := batcher{backend: backend, size: size}
		b.cut(inputs, yield)
	}
}

// CutInBlocks is Cut for chunks of several blocks of the given size. A block that is not full is
// filled up with copies of its own first sample.
func CutInBlocks(inputs Inputs, backend compute.Backend, size, blocks int) iter.Seq2[Chunk, error] {
	return func(yield func(Chunk, error) bool) {
		b := batcher{backend: backend, size: size * blocks, block: size}
		b.cut(inputs, yield)
	}
}

// CutToFit cuts a stream into chunks of at most most(n) samples, with n the numbers in an
// input. If the stream is short, the size fits the number of samples.
func CutToFit(inputs Inputs, backend compute.Backend, most func(numbers int) int) iter.Seq2[Chunk, error] {
	return CutToShare(inputs, backend, 1, most)
}

// CutToShare is CutToFit for several devices: a short stream has a chunk for each.
func CutToShare(inputs Inputs, backend compute.Backend, devices int, most func(numbers int) int) iter.Seq2[Chunk, error] {
	return func(yield func(Chunk, error) bool) {
		b := batcher{backend: backend, devices: devices, most: most}
		b.cut(inputs, yield)
	}
}

// Reporting calls watch after each chunk was processed, with the number of samples so far. An
// error of watch ends the stream and becomes its error. watch may be nil.
func Reporting(chunks iter.Seq2[Chunk, error], watch func(samples int) error) iter.Seq2[Chunk, error] {
	if watch == nil {
		return chunks
	}
	return func(yield func(Chunk, error) bool) {
		passed := 0
		for c, err := range chunks {
			if !yield(c, err) || err != nil {
				return
			}
			passed += c.Count
			if err := watch(passed); err != nil {
				yield(Chunk{}, err)
				return
			}
		}
	}
}

// lookahead is the number of chunks, of the largest size, that are buffered before the size
// is chosen.
const lookahead = 8

// batcher collects samples into chunks, however many come in each tensor.
type batcher struct {
	backend compute.Backend
	shape   []int // of an input
	dtype   dtypes.DType
	numbers int // numbers in an input

	size    int                   // samples in a chunk; 0 until it is chosen
	block   int                   // samples in a block of a chunk; 0 if a chunk is one block
	most    func(numbers int) int // chooses the size
	devices int                   // among which a short stream is shared out; 0 means 1
	waiting []*tensors.Tensor     // until the size is chosen
	ahead   int                   // number of waiting samples

	next   *tensors.Tensor // the chunk that is being filled
	filled int             // samples in it
	passed int             // samples in finished chunks

	rest *tensors.Tensor // on the device: its samples from the one numbered from on are not in a chunk; nil if there is none
	from int             // the first of them
}

func (b *batcher) cut(inputs Inputs, yield func(Chunk, error) bool) {
	defer func() {
		tensor.Finalize(b.waiting...)
		tensor.Finalize(b.rest)
	}()
	for x, err := range inputs {
		if err == nil {
			err = b.check(x)
		}
		if err != nil {
			yield(Chunk{}, err)
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
	if b.feed(yield) && (b.filled > 0 || b.rest != nil) {
		yield(b.padded())
	}
}

// check returns an error unless x can follow what came before it.
func (b *batcher) check(x *tensors.Tensor) error {
	if err := tensor.CheckInputs(x); err != nil {
		return err
	}
	if b.shape != nil && (!slices.Equal(b.shape, x.Shape().Dimensions[1:]) || b.dtype != x.DType()) {
		return fmt.Errorf("network: inputs of shape %v %s follow inputs of shape %v %s: all must have one shape and type",
			x.Shape().Dimensions[1:], x.DType(), b.shape, b.dtype)
	}
	return nil
}

// learn takes the shape of inputs from the first one.
func (b *batcher) learn(x *tensors.Tensor) {
	if b.shape != nil {
		return
	}
	b.shape, b.dtype, b.numbers = append([]int{}, x.Shape().Dimensions[1:]...), x.DType(), 1
	for _, d := range b.shape {
		b.numbers *= d
	}
}

// wait buffers x, and chooses the size of chunks once enough samples have come.
func (b *batcher) wait(x *tensors.Tensor) {
	b.learn(x)
	b.waiting = append(b.waiting, x)
	b.ahead += x.Shape().Dim(0)
	if b.size == 0 && b.ahead >= lookahead*b.most(b.numbers) {
		b.size = b.most(b.numbers)
	}
}

// feed copies waiting tensors into chunks, and yields each full chunk. It reports whether to
// go on.
func (b *batcher) feed(yield func(Chunk, error) bool) bool {
	goOn := true
	for len(b.waiting) > 0 && goOn {
		x := b.waiting[0]
		b.waiting = b.waiting[1:]
		if err := b.readRest(); err != nil {
			tensor.Finalize(x)
			yield(Chunk{}, err)
			return false
		}
		switch {
		case b.isChunk(x):
			b.next, b.filled = x, b.size
			goOn = yield(b.chunk(), nil)
		case b.filled == 0 && liesOn(x, b.backend):
			goOn = b.feedThere(x, yield)
		default:
			goOn = b.feedHere(x, yield)
		}
	}
	return goOn
}

// feedHere copies x into chunks on the host.
func (b *batcher) feedHere(x *tensors.Tensor, yield func(Chunk, error) bool) bool {
	goOn := true
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
	tensor.Finalize(x)
	return goOn
}

// feedThere cuts x into chunks on the device, where it lies. What is left over becomes the rest.
func (b *batcher) feedThere(x *tensors.Tensor, yield func(Chunk, error) bool) bool {
	b.rest, b.from = x, 0
	for samples := x.Shape().Dim(0); b.from+b.size <= samples; b.from += b.size {
		var err error
		if b.next, err = rowsOf(x, b.backend, b.from, b.size, b.from, b.size); err != nil {
			yield(Chunk{}, err)
			return false
		}
		b.filled = b.size
		if !yield(b.chunk(), nil) {
			return false
		}
	}
	if b.from == x.Shape().Dim(0) {
		b.rest = nil
		tensor.Finalize(x)
	}
	return true
}

// readRest copies the rest into the next chunk on the host, since more samples follow.
func (b *batcher) readRest() error {
	if b.rest == nil {
		return nil
	}
	left := b.rest.Shape().Dim(0) - b.from
	x, err := rowsOf(b.rest, b.backend, b.from, left, b.from, left)
	if err != nil {
		return err
	}
	tensor.Finalize(b.rest)
	b.rest = nil
	b.feedHere(x, nil) // less than a chunk
	return nil
}

// fit returns the size of chunks, at most most, for a stream whose length is known.
func (b *batcher) fit(most int) int {
	if b.devices > 1 {
		most = min(most, (b.ahead+b.devices-1)/b.devices)
	}
	if b.takesTensors() && len(b.waiting) == 1 && b.ahead <= most {
		return b.ahead
	}
	return device.EvenBatch(b.ahead, most)
}

// takesTensors reports whether a tensor of the stream may itself become a chunk. It may not
// if the device reads chunks from memory that it shares with the program.
func (b *batcher) takesTensors() bool { return b.backend == nil || !b.backend.HasSharedBuffers() }

// isChunk reports whether x itself is the next chunk.
func (b *batcher) isChunk(x *tensors.Tensor) bool {
	return b.takesTensors() && b.filled == 0 && x.Shape().Dim(0) == b.size && (!x.IsOnAnyDevice() || liesOn(x, b.backend))
}

// fill copies as many samples as fit into the next chunk, and returns the number of bytes
// copied.
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

// sample returns the number of bytes of a sample.
func (b *batcher) sample() int { return max(1, b.numbers*b.dtype.Size()) }

func (b *batcher) chunk() Chunk {
	c := Chunk{X: b.next, Count: b.filled, First: b.passed}
	b.passed += b.filled
	b.next, b.filled = nil, 0
	return c
}

// padded returns the last chunk, filled up with copies of the first sample of its last block.
func (b *batcher) padded() (Chunk, error) {
	if b.rest != nil {
		b.filled = b.rest.Shape().Dim(0) - b.from
	}
	first := 0
	if b.block > 0 {
		first = (b.filled - 1) / b.block * b.block
	}
	if b.rest != nil {
		var err error
		if b.next, err = rowsOf(b.rest, b.backend, b.from, b.filled, b.from+first, b.size); err != nil {
			return Chunk{}, err
		}
		return b.chunk(), nil
	}
	if err := b.next.MutableBytes(func(own []byte) {
		sample := own[first*b.sample() : (first+1)*b.sample()]
		for i := b.filled; i < b.size; i++ {
			copy(own[i*len(sample):], sample)
		}
	}); err != nil {
		panic(err)
	}
	return b.chunk(), nil
}
