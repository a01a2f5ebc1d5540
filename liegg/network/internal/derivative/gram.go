package derivative

import (
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	. "github.com/gomlx/gomlx/core/graph"
)

// For StripedFrom candidates or more, the Gram matrix is computed in stripes, so that most of its
// lower triangle, which is not needed, is left out.
const (
	stripes     = 8
	StripedFrom = 256
)

// Gram returns the upper triangle of Σ cᵀc over the rows c of a batch, in float64, for rows
// [batch, m, K]. The lower triangle may be filled or zero.
//
// The rows are transposed to [K, m·batch] first. XLA then multiplies matrices of float64 on all
// cores, and fuses the computation of the rows with the product.
func Gram(rows *Node) *Node {
	k := rows.Shape().Dim(2)
	columns := ConvertDType(Reshape(TransposeAllAxes(rows, 2, 1, 0), k, rows.Shape().Size()/k), dtypes.Float64)
	if k < StripedFrom {
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
