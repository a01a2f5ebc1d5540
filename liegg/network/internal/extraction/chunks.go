package extraction

import (
	"iter"

	"github.com/gomlx/gomlx/core/tensors"

	"github.com/liegg/lab/liegg"
	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/network/internal/stream"
)

// Chunks runs chunks of inputs through the network. If their beginning is given, the result is for
// a verdict: with moments, with outputs scaled to one size, and with repeated samples counted.
func Chunks(n Network, a action.Action, chunks iter.Seq2[stream.Chunk, error], s Settings, beginning *tensors.Tensor) iter.Seq2[liegg.Chunk, error] {
	return func(yield func(liegg.Chunk, error) bool) {
		var e *Program
		defer func() { e.Finalize() }() // unless it was kept
		var f flight
		defer f.land()
		for c, err := range chunks {
			if err == nil && e == nil {
				e, err = n.Program(a, c, s, beginning)
				f.program = e
			}
			if err != nil {
				yield(liegg.Chunk{}, err)
				return
			}
			f.start(c)
			if f.full() && !f.yieldFirst(yield) {
				return
			}
		}
		for f.flies() {
			if !f.yieldFirst(yield) {
				return
			}
		}
		if e != nil && e.Census.Found() {
			yield(liegg.Chunk{}, e.NotFinite())
			return
		}
		if e != nil {
			sum, ok, err := e.Total()
			if (ok || err != nil) && !yield(sum, err) || err != nil {
				return
			}
		}
		n.Programs.Keep(e)
		e = nil
	}
}
