package stream

import (
	"iter"

	"github.com/gomlx/compute"

	"github.com/liegg/lab/liegg/internal/tensor"
	"github.com/liegg/lab/liegg/network/internal/device"
)

// Ahead makes the next chunk, and sends it to the device, while the one before is processed. The
// stream then runs in a goroutine of its own, one chunk ahead. It does so only for a backend that does
// not share its memory with the program. On others the copy would take cores from the computation. If
// there are several devices, each of them is sent its own chunks.
func Ahead(chunks iter.Seq2[Chunk, error], backend compute.Backend) iter.Seq2[Chunk, error] {
	if backend == nil || backend.HasSharedBuffers() {
		return chunks
	}
	if devices, err := device.Count(backend); err != nil || devices > 1 {
		return chunks
	}
	return func(yield func(Chunk, error) bool) {
		a := ahead{ready: make(chan made), stop: make(chan struct{})}
		go a.run(chunks, backend)
		defer a.end()
		for m := range a.ready {
			if !yield(m.chunk, m.err) {
				return
			}
		}
		if a.panicked != nil {
			panic(a.panicked)
		}
	}
}

type ahead struct {
	ready    chan made
	stop     chan struct{}
	panicked any // of the stream; read after ready was closed
}

type made struct {
	chunk Chunk
	err   error
}

func (a *ahead) run(chunks iter.Seq2[Chunk, error], backend compute.Backend) {
	defer close(a.ready)
	defer func() { a.panicked = recover() }()
	for c, err := range chunks {
		if err == nil {
			_ = c.X.MaterializeOnDevice(backend, false, 0) // the program tries again, and says what is wrong
		}
		select {
		case a.ready <- made{c, err}:
		case <-a.stop:
			tensor.Finalize(c.X)
			return
		}
	}
}

// end ends the stream, and waits for that.
func (a *ahead) end() {
	close(a.stop)
	for m := range a.ready {
		tensor.Finalize(m.chunk.X)
	}
}
