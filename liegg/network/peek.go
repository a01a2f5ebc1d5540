package network

import (
	"iter"
	"math"

	"github.com/gomlx/gomlx/core/tensors"

	"github.com/liegg/lab/liegg"
)

// peekSamples and peekBytes say how far a stream is read before its first chunk
// is made.
const (
	peekSamples = 64 * liegg.Blocks
	peekBytes   = 64 << 20
)

// peeked is a stream of inputs whose beginning is known.
type peeked struct {
	device room
	first  *tensors.Tensor // some of its first samples, peekSamples at most; nil where it is empty
	known  int             // samples read so far
	held   []*tensors.Tensor
	next   func() (*tensors.Tensor, error, bool)
	stop   func()
}

// peek reads the beginning of a stream for a device.
func peek(inputs Inputs, device room) (*peeked, error) { return peekAt(inputs, device, peekSamples) }

// peekFor reads as far as settings want: samples in groups come from few of them at first.
func peekFor(inputs Inputs, device room, s Settings) (*peeked, error) {
	if s.Groups.given && s.Groups.size != 1 {
		return peekAt(inputs, device, math.MaxInt)
	}
	return peek(inputs, device)
}

// peekAt reads the beginning of a stream, of at least the given samples if it has as many
// and they are not too large. What is known of it are samples from all over them.
func peekAt(inputs Inputs, device room, samples int) (*peeked, error) {
	p := &peeked{device: device}
	p.next, p.stop = iter.Pull2(inputs)
	var b batcher
	for bytes := 0; p.known < samples && bytes < peekBytes; {
		x, err, ok := p.next()
		if !ok {
			break
		}
		if err == nil {
			err = b.check(x)
		}
		if err == nil {
			b.shape, b.dtype = x.Shape().Dimensions[1:], x.DType()
			p.held = append(p.held, x)
		}
		if err != nil {
			finalize(x)
			p.close()
			return nil, err
		}
		p.known += x.Shape().Dim(0)
		bytes += int(x.ByteSize())
	}
	if p.known == 0 {
		return p, nil
	}
	var err error
	p.first, err = p.some(min(p.known, samples))
	return p, err
}

// some are peekSamples of the first samples, from all over them, or all.
func (p *peeked) some(of int) (*tensors.Tensor, error) {
	want := min(of, peekSamples)
	var some concatenation
	passed := 0
	for _, x := range p.held {
		samples := x.Shape().Dim(0)
		if samples == 0 {
			continue
		}
		if err := x.ConstBytes(func(data []byte) {
			size := len(data) / samples
			for ; some.rows < want && some.rows*of/want < passed+samples; some.rows++ {
				i := some.rows*of/want - passed
				some.bytes = append(some.bytes, data[i*size:(i+1)*size]...)
			}
		}); err != nil {
			return nil, err
		}
		some.shape = x.Shape()
		passed += samples
	}
	return some.tensor()
}

// inputs is the stream from its start. It can be ranged over once.
func (p *peeked) inputs(yield func(*tensors.Tensor, error) bool) {
	for len(p.held) > 0 {
		x := p.held[0]
		p.held = p.held[1:]
		if !yield(x, nil) {
			return
		}
	}
	for {
		x, err, ok := p.next()
		if !ok || !yield(x, err) {
			return
		}
	}
}

// block is the number of samples in a block, so that there are about
// liegg.Blocks of them. Where a stream goes on after its beginning, blocks
// are merged later.
func (p *peeked) block() int {
	if p.first == nil {
		return 1
	}
	return min(max(1, p.known/liegg.Blocks), p.batch())
}

// allot makes settings send the samples to at most so many blocks, where they have
// groups of more than one sample.
func (p *peeked) allot(s *Settings, most int) (err error) {
	if !s.Groups.given || s.Groups.size == 1 || p.first == nil {
		return nil
	}
	if s.allotment, err = s.Groups.allot(most); err != nil {
		return err
	}
	s.Batch = s.allotment.batch(s.Batch, p.known, p.batch(), int(p.first.ByteSize())/p.first.Shape().Dim(0))
	return nil
}

// batch is the number of samples in a batch that suits the device and the inputs.
func (p *peeked) batch() int {
	return p.device.forInputs(p.first.Shape().Size() / p.first.Shape().Dim(0))
}

// batchOfBlocks is the number of samples in a batch of whole blocks, at most 16 of
// them, and in a block. The batch has about the given size, which 0 chooses by the
// size of inputs.
func (p *peeked) batchOfBlocks(size int) (batch, block int) {
	if p.first == nil {
		return 1, 1
	}
	block = p.block()
	if size > 0 && size <= block {
		return size, size
	}
	if size == 0 {
		size = p.batch()
	}
	return block * min(16, size/block), block
}

// close frees what was not handed out and ends the stream.
func (p *peeked) close() {
	finalize(p.held...)
	finalize(p.first)
	p.stop()
}
