package onnx

import (
	"errors"
	"slices"
)

// differentiable are the operators that the output may depend on the input through, as
// they stand once definitions are written out. TestGradients compares the derivatives of
// each with finite differences.
var differentiable = set(
	"Abs", "Add", "And", "AveragePool", "BatchNormalization", "Cast", "Clip", "Concat", "Constant", "ConstantOfShape", "Conv", "Cos", "CumSum",
	"Div", "Einsum", "Equal", "Erf", "Exp", "Expand", "Flatten", "Gather", "GatherElements", "GatherND", "Gelu", "Gemm", "GlobalAveragePool",
	"Greater", "GreaterOrEqual", "HardSwish", "If", "IsNaN", "LSTM", "LayerNormalization", "Less", "LessOrEqual", "Log", "MatMul", "Max", "MaxPool", "Min",
	"Mul", "Neg", "Not", "Or", "Pow", "Range", "Reciprocal", "ReduceL2", "ReduceMax", "ReduceMean", "ReduceMin", "ReduceSum", "Relu", "Reshape",
	"Resize", "ScatterND", "Sigmoid", "Sign", "Sin", "Slice", "Softmax", "Split", "Sqrt", "Squeeze", "Sub", "Tanh", "Tile",
	"Transpose", "Trilu", "Unsqueeze", "Where", "Xor",
)

func set(words ...string) map[string]bool {
	s := map[string]bool{}
	for _, w := range words {
		s[w] = true
	}
	return s
}

// untested names an operator that depends on the input and whose gradient nobody has
// compared with that of its output.
func (m *converted) untested() error {
	return untested(m.steps, map[string]bool{m.name: true})
}

// untested is untested among nodes, and among those of graphs within them. It adds to the
// tensors that depend on the input.
func untested(nodes []message, depends map[string]bool) error {
	for _, node := range nodes {
		op := node.text("op_type")
		if op == "Shape" || op == "Size" || !uses(node, depends) { // shapes are no function of the numbers
			continue
		}
		for _, output := range node.texts("output") {
			depends[output] = true
		}
		if op == "If" && dependsOn(node.texts("input"), depends) {
			return &NodeError{nodeName(node), op, "differentiated", errors.New("the input chooses its branch, and GoMLX has no gradient of that: write it with Where")}
		}
		if !differentiable[op] {
			return &NodeError{nodeName(node), op, "differentiated", errors.New("its gradient was not compared with finite differences, and might be wrong")}
		}
		for _, a := range node.children("attribute") {
			if err := untested(a.child("g").children("node"), depends); err != nil {
				return err
			}
		}
	}
	return nil
}

// uses says whether a node, or one of a graph within it, takes one of the tensors.
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
