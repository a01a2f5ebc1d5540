package network

import (
	"iter"

	"github.com/gomlx/gomlx/core/tensors"

	"github.com/liegg/lab/liegg"
	"github.com/liegg/lab/liegg/action"
)

// polarizationChunks runs the inputs through the network, batch by batch. If their beginning
// is given, the result is for a verdict: with moments, with outputs scaled to one size, and
// with repeated samples counted.
func polarizationChunks(n *Network, a action.Action, inputs Inputs, s Settings, beginning *tensors.Tensor) iter.Seq2[liegg.Chunk, error] {
	return func(yield func(liegg.Chunk, error) bool) {
		var e *extraction
		defer func() { e.finalize() }() // unless it was kept
		for c, err := range n.cut(inputs, s, a.Dim(), beginning) {
			if err == nil && e == nil {
				e, err = n.extraction(a, c, s, beginning)
			}
			if err != nil {
				yield(liegg.Chunk{}, err)
				return
			}
			out, err := e.run(c)
			if err == nil && e.census.Found() {
				continue // to count all of them
			}
			if err != nil {
				yield(liegg.Chunk{}, err)
				return
			}
			for _, one := range out {
				one.Block = c.Block
				if !yield(one, nil) {
					return
				}
			}
		}
		if e != nil && e.census.Found() {
			yield(liegg.Chunk{}, e.notFinite())
			return
		}
		n.compiled.keep(e)
		e = nil
	}
}
