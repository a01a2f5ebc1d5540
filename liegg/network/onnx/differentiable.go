package onnx

import (
	"errors"
	"maps"
	"slices"

	"github.com/gomlx/compute/dtypes"
)

// differentiable lists the operators, after definitions are applied, through
// which the output may depend on the input. TestGradients compares the
// derivatives of each with finite differences.
var differentiable = set(
	"Abs", "Acos", "Acosh", "Add", "AffineGrid", "And", "ArgMax", "ArgMin", "Asin", "Asinh", "Atan", "Atanh", "Attention", "AveragePool", "BatchNormalization",
	"Cast", "CastLike", "CausalConvWithState", "Ceil", "Clip", "Concat", "Constant", "ConstantOfShape", "Conv", "ConvTranspose", "Cos", "CumProd", "CumSum", "DFT",
	"DepthToSpace", "Det", "Div", "Einsum", "Equal", "Erf", "Exp", "Expand", "Flatten", "Floor", "GRU", "Gather", "GatherElements", "GatherND", "Gelu",
	"Gemm", "GlobalAveragePool", "GlobalLpPool", "GlobalMaxPool", "Greater", "GreaterOrEqual", "GridSample", "GroupNormalization", "HardSwish", "If",
	"IsNaN", "LRN", "LSTM", "LayerNormalization", "Less", "LessOrEqual", "LinearAttention", "Log", "LpNormalization", "LpPool", "MatMul", "Max", "MaxPool",
	"MeanVarianceNormalization", "Min", "Mod", "Mul", "Neg", "NegativeLogLikelihoodLoss", "Not", "OneHot", "Or", "Pad", "Pow", "RMSNormalization", "RNN", "Range", "Reciprocal",
	"ReduceL2", "ReduceMax", "ReduceMean", "ReduceMin", "ReduceProd", "ReduceSum", "Relu", "Reshape", "Resize", "RotaryEmbedding", "Round", "STFT", "ScatterElements",
	"ScatterND", "Shrink", "Sigmoid", "Sign", "Sin", "Slice", "Softmax", "SoftmaxCrossEntropyLoss", "SpaceToDepth", "Split", "Sqrt", "Squeeze", "Sub", "Tanh", "ThresholdedRelu",
	"Tile", "TopK", "Transpose", "Trilu", "Unsqueeze", "Where", "Xor",
)

func set(words ...string) map[string]bool {
	s := map[string]bool{}
	for _, w := range words {
		s[w] = true
	}
	return s
}

// untested names an operator that depends on inputs with gradients and whose gradient has
// not been compared with finite differences.
func (m *converted) untested() error {
	return follow(m.steps, m.varies(dtypes.DType.IsFloat), func(node message) error {
		if op := node.text("op_type"); !differentiable[op] {
			return &NodeError{nodeName(node), op, "differentiated", errors.New("its gradient was not compared with finite differences, and might be wrong")}
		}
		return nil
	})
}

// chosenBranches names an If whose branch depends on the input or on weights.
// GoMLX has no gradient for the former. The conversion chooses by the weights
// in the file: training would change the weights, but not the branch.
func (m *converted) chosenBranches() error {
	depends := maps.Clone(m.weights)
	maps.Copy(depends, m.varies(nil))
	return follow(m.steps, depends, func(node message) error {
		if op := node.text("op_type"); op == "If" && dependsOn(node.texts("input"), depends) {
			return &NodeError{nodeName(node), op, "differentiated", errors.New("the input or weights choose its branch, and GoMLX has no gradient of that: write it with Where, or choose by a constant that is not a weight")}
		}
		return nil
	})
}

// follow visits the nodes that depend on the numbers of some tensors,
// including nodes of inner graphs, and adds their outputs to these tensors.
func follow(nodes []message, depends map[string]bool, visit func(node message) error) error {
	for _, node := range nodes {
		op := node.text("op_type")
		if op == "Shape" || op == "Size" || !uses(node, depends) { // shapes do not depend on the numbers
			continue
		}
		for _, output := range node.texts("output") {
			depends[output] = true
		}
		if err := visit(node); err != nil {
			return err
		}
		for _, a := range node.children("attribute") {
			if err := follow(a.child("g").children("node"), depends, visit); err != nil {
				return err
			}
		}
	}
	return nil
}

// uses reports whether a node, or one of an inner graph, takes one of the
// tensors.
func uses(node message, tensors map[string]bool) (found bool) {
	node.each("NodeProto", func(n message) error {
		found = found || dependsOn(n.texts("input"), tensors)
		return nil
	})
	return found
}

func dependsOn(names []string, tensors map[string]bool) bool {
	return slices.ContainsFunc(names, func(name string) bool { return tensors[name] })
}
