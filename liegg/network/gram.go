package network

import (
	"github.com/gomlx/compute/shapes"
	. "github.com/gomlx/gomlx/core/graph"
)

// stripes is the number of parts in which a Gram matrix of stripedFrom candidates or
// more is multiplied, so that little of its lower triangle, which nobody reads, is.
const (
	stripes     = 8
	stripedFrom = 256
)

// manyCandidates is the number of candidates from which on a chunk's share of the
// work is ruled by K and not by the network.
const manyCandidates = 1024

// gramOf returns the upper triangle of rowsᵀ·rows, for rows [r, K]. What lies
// below is the other half of the matrix, or zero.
func gramOf(rows *Node) *Node {
	k := rows.Shape().Dim(1)
	if k < stripedFrom {
		return Einsum("rk,rl->kl", rows, rows)
	}
	parts := make([]*Node, stripes)
	for i := range parts {
		from, to := i*k/stripes, (i+1)*k/stripes
		right := Slice(rows, AxisRange(), AxisRange(from))
		part := Einsum("rk,rl->kl", Slice(rows, AxisRange(), AxisRange(from, to)), right)
		if from > 0 {
			left := Zeros(rows.Graph(), shapes.Make(rows.DType(), to-from, from))
			part = Concatenate([]*Node{left, part}, 1)
		}
		parts[i] = part
	}
	return Concatenate(parts, 0)
}

// batchOf is the number of samples in a chunk for very many candidates, whose rows
// it keeps near 32 MB for each output; 0 leaves it to the size of inputs.
func batchOf(k int) int {
	if k < manyCandidates {
		return 0
	}
	batch := 4096
	for batch > 16 && batch*k > 1<<22 {
		batch /= 2
	}
	return batch
}
