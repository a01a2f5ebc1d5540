package stream

import (
	"iter"

	"github.com/gomlx/gomlx/core/tensors"

	"github.com/liegg/lab/liegg"
	"github.com/liegg/lab/liegg/internal/tensor"
	"github.com/liegg/lab/liegg/network/internal/device"
)

// PeekSamples and peekBytes limit how far a stream is read before its first chunk is made.
const (
	PeekSamples = 64 * liegg.Blocks
	peekBytes   = 64 << 20
)

// someSamples is the largest number of samples that are kept from all over a stream that is longer
// than its beginning.
const someSamples = 2048

// Peeked is a stream of inputs whose beginning is known.
type Peeked struct {
	limits  device.Limits
	First   *tensors.Tensor // some of the first samples, at most PeekSamples; nil if the stream is empty
	Of      int             // the number of samples over which First is spread
	Known   int             // samples read so far
	some    *Spread         // keeps samples from all over the stream
	waiting []*tensors.Tensor
	next    func() (*tensors.Tensor, error, bool)
	stop    func()
}

// Peek reads the beginning of a stream for a device.
func Peek(inputs Inputs, limits device.Limits) (*Peeked, error) {
	return PeekAt(inputs, limits, PeekSamples)
}

// PeekAt reads at least the given number of samples, unless the stream is shorter or the
// samples are too large. First then holds samples spread evenly over them.
func PeekAt(inputs Inputs, limits device.Limits, samples int) (*Peeked, error) {
	p := &Peeked{limits: limits}
	p.next, p.stop = iter.Pull2(inputs)
	var b batcher
	for bytes := 0; p.Known < samples && bytes < peekBytes; {
		x, err, ok := p.next()
		if !ok {
			break
		}
		if err == nil {
			err = b.check(x)
		}
		if err == nil {
			b.shape, b.dtype = x.Shape().Dimensions[1:], x.DType()
			p.waiting = append(p.waiting, x)
		}
		if err != nil {
			tensor.Finalize(x)
			p.Close()
			return nil, err
		}
		p.Known += x.Shape().Dim(0)
		bytes += int(x.ByteSize())
	}
	if p.Known == 0 {
		return p, nil
	}
	var err error
	p.Of = min(p.Known, samples)
	if p.First, err = p.beginning(p.Of); err == nil {
		p.some = NewSpread(min(someSamples, peekBytes/max(1, int(p.First.ByteSize())/p.First.Shape().Dim(0))))
	}
	return p, err
}

// beginning returns PeekSamples of the first samples, spread evenly, or all of them.
func (p *Peeked) beginning(of int) (*tensors.Tensor, error) {
	want := min(of, PeekSamples)
	var some Joined
	passed := 0
	for _, x := range p.waiting {
		samples := x.Shape().Dim(0)
		if samples == 0 {
			continue
		}
		var at []int
		for n := some.Samples; n < want && n*of/want < passed+samples; n++ {
			at = append(at, n*of/want-passed)
		}
		if backend := away(x); backend != nil && len(at) == want {
			return pickedFrom(x, backend, at)
		}
		if err := some.pick(x, at); err != nil {
			return nil, err
		}
		passed += samples
	}
	return some.Tensor()
}

// Inputs returns the stream from its start. It can be ranged over once.
func (p *Peeked) Inputs(yield func(*tensors.Tensor, error) bool) {
	for len(p.waiting) > 0 {
		x := p.waiting[0]
		p.waiting = p.waiting[1:]
		if !yield(x, p.pass(x)) {
			return
		}
	}
	for {
		x, err, ok := p.next()
		if ok && err == nil {
			err = p.pass(x)
		}
		if !ok || !yield(x, err) {
			return
		}
	}
}

// pass keeps samples of a tensor of the stream.
func (p *Peeked) pass(x *tensors.Tensor) error {
	if p.some == nil || !x.Ok() || x.Rank() == 0 || x.Size() == 0 {
		return nil // reading the stream reports the error
	}
	return p.some.Add(x)
}

// Some returns samples from all over the stream, once Inputs has reached its end, and their indices
// in it: First if there are no others, and otherwise at most 2048, one at random of every so many
// consecutive ones. The caller must free them, and First is no longer set.
func (p *Peeked) Some() (x *tensors.Tensor, at []int, err error) {
	if p.First == nil || p.some.passed > p.Of {
		return p.some.Tensor()
	}
	x, p.First = p.First, nil
	at = make([]int, x.Shape().Dim(0))
	for i := range at {
		at[i] = i * p.Of / len(at)
	}
	return x, at, nil
}

// Block returns a size of blocks for which there are about liegg.Blocks of them. If the
// stream is longer than what was read, blocks are merged later.
func (p *Peeked) Block() int {
	if p.First == nil {
		return 1
	}
	return min(max(1, p.Known/liegg.Blocks), p.Batch())
}

// Batch returns a batch size that suits the device and the inputs.
func (p *Peeked) Batch() int {
	return p.limits.ForInputs(p.First.Shape().Size() / p.First.Shape().Dim(0))
}

// BatchOfBlocks returns the number of samples in a batch of whole blocks, at most 16 of them,
// and the number in a block. The batch has about the given size, or one that suits the inputs
// if it is 0.
func (p *Peeked) BatchOfBlocks(size int) (batch, block int) {
	if p.First == nil {
		return 1, 1
	}
	block = p.Block()
	if size > 0 && size <= block {
		return size, size
	}
	if size == 0 {
		size = p.Batch()
	}
	return block * min(16, size/block), block
}

// Close frees the tensors that are still waiting, and ends the stream.
func (p *Peeked) Close() {
	tensor.Finalize(p.waiting...)
	tensor.Finalize(p.First)
	p.stop()
}
