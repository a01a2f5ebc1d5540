package extraction

import (
	"fmt"

	"github.com/liegg/lab/liegg"
	"github.com/liegg/lab/liegg/internal/devicefault"
	"github.com/liegg/lab/liegg/internal/graphpanic"
	"github.com/liegg/lab/liegg/internal/tensor"
	"github.com/liegg/lab/liegg/network/internal/stream"
)

// leastPiece is the number of samples in the smallest pieces that a chunk is divided into.
const leastPiece = 16

// runInPieces is Run. If the device has no room for a chunk, it halves the chunk until there is, and
// so it does with all later chunks of that size. In a verdict, each piece is a block, or holds half of
// the blocks.
func (e *Program) runInPieces(c stream.Chunk) (out []liegg.Chunk, err error) {
	defer graphpanic.Catch(&err)
	defer tensor.Finalize(c.X)
	size := c.X.Shape().Dim(0)
	if e.most == 0 || size <= e.most || !e.divides(size) {
		out, err := e.run(c)
		if !devicefault.Full(err) {
			return out, err
		}
		if !e.divides(size) {
			return nil, fmt.Errorf("network: the device has no room for %d samples at once: %w", size, err)
		}
		e.most = e.half(size)
	}
	half := e.half(size)
	for from := 0; from < c.Count; from += half {
		piece, err := c.Piece(from, half)
		if err != nil {
			return nil, err
		}
		more, err := e.runInPieces(piece)
		if err != nil {
			return nil, err
		}
		out = append(out, more...)
	}
	return out, nil
}

// half is the size of the pieces that a chunk is divided into.
func (e *Program) half(size int) int {
	if blocks := e.blocksIn(size); blocks > 1 {
		return (blocks + 1) / 2 * e.block
	}
	return (size + 1) / 2
}

// divides reports whether a chunk of a size may be halved: not one whose size other programs or
// processes know.
func (e *Program) divides(size int) bool {
	return size >= 2*leastPiece && !e.cut && e.replay == nil
}
