package network

import (
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	. "github.com/gomlx/gomlx/core/graph"

	"github.com/liegg/lab/liegg/action"
)

// stripes is the number of parts in which a Gram matrix of stripedFrom candidates or
// more is multiplied, so that little of its lower triangle, which nobody reads, is.
const (
	stripes     = 8
	stripedFrom = 256
)

// gram returns CᵀC, its upper triangle at least, from the gradients where the action
// needs no rows for it.
func (j jacobian) gram(a action.Action, x *Node) *Node {
	if !j.probed && j.outputs == nil {
		if gram := action.Gram(a, x, j.gradients); gram != nil {
			return gram
		}
	}
	return gramOf(j.rows)
}

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
