package onnx

import (
	"errors"
	"maps"

	"github.com/gomlx/compute/dtypes"

	"github.com/liegg/lab/liegg/network/onnx/internal/message"
)

// differentiable lists the operators, after definitions are applied, through
// which the output may depend on the input. TestGradients compares the
// derivatives of each with finite differences.
var differentiable = message.NameSet(
	"Abs", "Acos", "Acosh", "Add", "AffineGrid", "And", "ArgMax", "ArgMin", "Asin", "Asinh", "Atan", "Atanh", "Attention", "AveragePool", "BatchNormalization",
	"Cast", "CastLike", "CausalConvWithState", "Ceil", "Clip", "Col2Im", "Concat", "Constant", "ConstantOfShape", "Conv", "ConvTranspose", "Cos", "CumProd", "CumSum", "DFT",
	"DepthToSpace", "Det", "Div", "Einsum", "Equal", "Erf", "Exp", "Expand", "Flatten", "Floor", "GRU", "Gather", "GatherElements", "GatherND", "Gelu",
	"Gemm", "GlobalAveragePool", "GlobalLpPool", "GlobalMaxPool", "Greater", "GreaterOrEqual", "GridSample", "GroupNormalization", "HardSwish", "If",
	"IsNaN", "LRN", "LSTM", "LayerNormalization", "Less", "LessOrEqual", "LinearAttention", "Log", "LpNormalization", "LpPool", "MatMul", "Max", "MaxPool",
	"MeanVarianceNormalization", "Min", "Mod", "Mul", "Neg", "NegativeLogLikelihoodLoss", "Not", "OneHot", "Or", "Pad", "Pow", "RMSNormalization", "RNN", "Range", "Reciprocal",
	"ReduceL2", "ReduceMax", "ReduceMean", "ReduceMin", "ReduceProd", "ReduceSum", "Relu", "Reshape", "Resize", "RotaryEmbedding", "Round", "STFT", "ScatterElements",
	"ScatterND", "Shrink", "Sigmoid", "Sign", "Sin", "Slice", "Softmax", "SoftmaxCrossEntropyLoss", "SpaceToDepth", "Split", "Sqrt", "Squeeze", "Sub", "Tanh", "ThresholdedRelu",
	"Tile", "TopK", "Transpose", "Trilu", "Unsqueeze", "Where", "Xor",
)

// untested names an operator that depends on inputs with gradients and whose gradient has
// not been compared with finite differences.
func (m *converted) untested() error {
	return message.Follow(m.Steps, m.varies(dtypes.DType.IsFloat), func(node message.Message) error {
		if op := node.Text("op_type"); !differentiable[op] {
			return &NodeError{message.NodeName(node), op, "differentiated", errors.New("its gradient was not compared with finite differences, and might be wrong")}
		}
		return nil
	})
}

// chosenBranches names an If whose branch depends on the input or on weights.
// GoMLX has no gradient for the former. The conversion chooses by the weights
// in the file: training would change the weights, but not the branch.
func (m *converted) chosenBranches() error {
	depends := maps.Clone(m.Weights)
	maps.Copy(depends, m.varies(nil))
	return message.Follow(m.Steps, depends, func(node message.Message) error {
		if op := node.Text("op_type"); op == "If" && message.DependsOn(node.Texts("input"), depends) {
			return &NodeError{message.NodeName(node), op, "differentiated", errors.New("the input or weights choose its branch, and GoMLX has no gradient of that: write it with Where, or choose by a constant that is not a weight")}
		}
		return nil
	})
}
