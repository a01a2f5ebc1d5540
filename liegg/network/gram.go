package network

import (
	"github.com/gomlx/compute/dtypes"
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
const manyCandidates = 128

// gramOf returns the upper triangle of Σ cᵀc over rows c of a batch, in float64, for
// rows [batch, m, K]. What lies below is the other half of the matrix, or zero.
//
// The rows are turned first, to [K, m·batch]: that is how XLA multiplies matrices of
// float64 on all cores, and how it fuses what makes the rows.
func gramOf(rows *Node) *Node {
	k := rows.Shape().Dim(2)
	columns := ConvertDType(Reshape(TransposeAllAxes(rows, 2, 1, 0), k, rows.Shape().Size()/k), dtypes.Float64)
	if k < stripedFrom {
		return Einsum("kr,lr->kl", columns, columns)
	}
	parts := make([]*Node, stripes)
	for i := range parts {
		from, to := i*k/stripes, (i+1)*k/stripes
		part := Einsum("kr,lr->kl", Slice(columns, AxisRange(from, to)), Slice(columns, AxisRange(from)))
		if from > 0 {
			left := Zeros(rows.Graph(), shapes.Make(part.DType(), to-from, from))
			part = Concatenate([]*Node{left, part}, 1)
		}
		parts[i] = part
	}
	return Concatenate(parts, 0)
}

// batchOf is the number of samples in a chunk for many candidates; 0 leaves it to the
// size of inputs. Rows of one output are to stay in cache, near 8 MB, but a chunk is
// to be worth the K×K numbers that it ends in; and rows take no more than 32 MB.
func batchOf(k int) int {
	if k < manyCandidates {
		return 0
	}
	batch := 8192
	for batch*k > 1<<20 && batch > k || batch*k > 1<<22 && batch > 16 {
		batch /= 2
	}
	return batch
}
