package finite

import (
	"github.com/gomlx/compute/dtypes"
	. "github.com/gomlx/gomlx/core/graph"
)

// Spoilt returns 0 for each sample of x [batch, input…] with outputs y [batch, m], or NaN if an
// input or an output is not finite, as [batch] in float64.
//
// Gradients do not need the last layer, and computing it would slow down the analysis of a narrow
// network by a seventh. So Spoilt does not use the outputs if x, variables and gradients are
// enough; see ToldWithoutOutputs.
func Spoilt(x, y *Node) *Node {
	flag := zero(x)
	leaves, told := ToldWithoutOutputs(x, y)
	if !told {
		return Add(flag, zero(y))
	}
	for _, leaf := range leaves {
		flag = Add(flag, ConvertDType(ReduceAllSum(MulScalar(leaf, 0)), dtypes.Float64))
	}
	return flag
}

// zero returns 0 for each sample, or NaN if one of its numbers is not finite.
func zero(x *Node) *Node {
	batch := x.Shape().Dim(0)
	return ConvertDType(ReduceSum(MulScalar(Reshape(x, batch, x.Shape().Size()/batch), 0), -1), dtypes.Float64)
}

// smooth lists operators with two properties: their value is finite for finite arguments, unless
// it overflows, and if their value is not finite, neither is their derivative. Log is missing
// because its derivative is finite below 0; Max and Where because they hide NaN from the gradient.
var smooth = map[NodeType]bool{
	NodeTypeAdd: true, NodeTypeSub: true, NodeTypeMul: true, NodeTypeNeg: true, NodeTypeReduceSum: true,
	NodeTypeDotGeneral: true, NodeTypeConvGeneral: true,
	NodeTypeExp: true, NodeTypeTanh: true, NodeTypeLogistic: true, NodeTypeErf: true, NodeTypeSin: true, NodeTypeCos: true,
	NodeTypeReshape: true, NodeTypeBroadcastInDim: true, NodeTypeTranspose: true, NodeTypeConcatenate: true,
	NodeTypeSlice: true, NodeTypeIdentity: true, NodeTypeConvertDType: true,
	NodeTypeConstant: true, NodeTypeParameter: true, NodeTypeIota: true,
}

// ToldWithoutOutputs reports whether y is computed from x by smooth operators only. Then, if
// an output is not finite, x, one of the leaves (variables and constants) or the gradient is
// not finite either.
func ToldWithoutOutputs(x, y *Node) (leaves []*Node, told bool) {
	seen := map[*Node]bool{x: true}
	queue := []*Node{y}
	for len(queue) > 0 {
		node := queue[len(queue)-1]
		queue = queue[:len(queue)-1]
		if seen[node] {
			continue
		}
		seen[node] = true
		if !smooth[node.Type()] || !node.DType().IsFloat() {
			return nil, false
		}
		if len(node.Inputs()) == 0 {
			leaves = append(leaves, node)
		}
		queue = append(queue, node.Inputs()...)
	}
	return leaves, true
}
