package network

import (
	"github.com/gomlx/compute/dtypes"
	. "github.com/gomlx/gomlx/core/graph"
)

// spoilt is 0 for each sample of x [batch, input…] and its outputs y [batch, m], and NaN
// if an input or an output is not finite. It is [batch], of float64.
//
// Gradients do without the last layer, and with it an analysis of a narrow network would
// take a seventh longer. So outputs are not looked at where x, variables and gradients
// tell as much; see speaksUp.
func spoilt(x, y *Node) *Node {
	flag := nothing(x)
	leaves, told := speaksUp(x, y)
	if !told {
		return Add(flag, nothing(y))
	}
	for _, leaf := range leaves {
		flag = Add(flag, ConvertDType(ReduceAllSum(MulScalar(leaf, 0)), dtypes.Float64))
	}
	return flag
}

// nothing is 0 for each sample, and NaN if one of its numbers is not finite.
func nothing(x *Node) *Node {
	batch := x.Shape().Dim(0)
	return ConvertDType(ReduceSum(MulScalar(Reshape(x, batch, x.Shape().Size()/batch), 0), -1), dtypes.Float64)
}

// smooth are the operators that make finite numbers of finite ones, unless they overflow,
// and whose derivative is not finite either where they are not. It is otherwise with Log,
// whose derivative is finite below 0, and with Max and Where, which hide NaN from the
// gradient.
var smooth = map[NodeType]bool{
	NodeTypeAdd: true, NodeTypeSub: true, NodeTypeMul: true, NodeTypeNeg: true, NodeTypeReduceSum: true,
	NodeTypeDotGeneral: true, NodeTypeConvGeneral: true,
	NodeTypeExp: true, NodeTypeTanh: true, NodeTypeLogistic: true, NodeTypeErf: true, NodeTypeSin: true, NodeTypeCos: true,
	NodeTypeReshape: true, NodeTypeBroadcastInDim: true, NodeTypeTranspose: true, NodeTypeConcatenate: true,
	NodeTypeSlice: true, NodeTypeIdentity: true, NodeTypeConvertDType: true,
	NodeTypeConstant: true, NodeTypeParameter: true, NodeTypeIota: true,
}

// speaksUp says whether outputs y of x can be other than finite only where x, one of the
// leaves (variables and constants) or the gradient is: if y is made by smooth operators.
func speaksUp(x, y *Node) (leaves []*Node, told bool) {
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
