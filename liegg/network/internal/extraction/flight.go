package extraction

import (
	"github.com/liegg/lab/liegg"
	"github.com/liegg/lab/liegg/internal/devicefault"
	"github.com/liegg/lab/liegg/internal/graphpanic"
	"github.com/liegg/lab/liegg/internal/tensor"
	"github.com/liegg/lab/liegg/network/internal/stream"
)

// If there are several devices, chunk i of a stream runs on device i mod D, beside the chunks before
// it. What the program gives is taken in the order of the stream. So sums have the same bits as on one
// device, if that gets the same chunks.

// flight holds the chunks of a stream that are on their way, at most one on each device.
type flight struct {
	program *Program
	started int
	taken   bool         // whether any chunk was
	flying  []<-chan ran // in the order of the stream
}

// start runs the program on a chunk, and goes on if there are several devices.
func (f *flight) start(c stream.Chunk) {
	e, landed := f.program, make(chan ran, 1)
	f.flying = append(f.flying, landed)
	if !f.several() {
		landed <- ran{c: c}
		return
	}
	z, at := e.Probes(c.X), f.started%e.devices
	f.started++
	if e.there != nil {
		e.there.before() // makes the zeros that all begin with
	}
	go func() { landed <- e.compute(c, z, at) }()
}

// several reports whether chunks run on several devices: not the results that other processes or the
// pilot know, nor chunks for which a device had no room.
func (f *flight) several() bool {
	return f.program.devices > 1 && f.program.replay == nil && !f.program.cut && f.program.most == 0
}

// full reports whether the first chunk must be taken before another one starts. The first of a stream
// goes alone, since with it the program is compiled, and samples that affect each other are looked for.
func (f *flight) full() bool {
	return !f.several() || !f.taken || len(f.flying) == f.program.devices
}

// flies reports whether there are chunks that were not taken.
func (f *flight) flies() bool { return len(f.flying) > 0 }

// yieldFirst takes the first of the chunks, frees it, and yields the result for liegg. It reports
// whether to go on.
func (f *flight) yieldFirst(yield func(liegg.Chunk, error) bool) bool {
	r := <-f.flying[0]
	f.flying, f.taken = f.flying[1:], true
	out, err := f.take(r)
	if err == nil && f.program.Census.Found() {
		return true // to count all samples that are not finite
	}
	if err != nil {
		yield(liegg.Chunk{}, err)
		return false
	}
	for _, one := range out {
		one.Block = r.c.Block
		if !yield(one, nil) {
			return false
		}
	}
	return true
}

// take takes a chunk that the program has run on, or runs it in pieces if it has not, or if the device
// had no room.
func (f *flight) take(r ran) (out []liegg.Chunk, err error) {
	if r.z == nil || devicefault.Full(r.err) {
		tensor.Finalize(r.z)
		if size := r.c.X.Shape().Dim(0); r.err != nil && f.program.divides(size) {
			f.program.most = f.program.half(size)
		}
		return f.program.runInPieces(r.c)
	}
	defer graphpanic.Catch(&err)
	defer tensor.Finalize(r.c.X)
	return f.program.take(r)
}

// land waits for the chunks that are left, and frees them.
func (f *flight) land() {
	for _, landed := range f.flying {
		r := <-landed
		tensor.Finalize(r.c.X, r.z)
		tensor.Finalize(r.there...)
	}
	f.flying = nil
}
