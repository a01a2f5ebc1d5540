package onnx

import (
	"errors"
	"slices"

	"github.com/gomlx/compute/shapes"

	"github.com/liegg/lab/liegg/network/onnx/internal/message"
	"github.com/liegg/lab/liegg/network/onnx/internal/operators"
)

// misread names an operator that the conversion of onnx-gomlx v0.5.2 would
// silently misinterpret.
func (m *converted) misread() error {
	for _, step := range m.Steps {
		err := step.Each("NodeProto", func(node message.Message) error {
			if node.Message == step.Message {
				return nil
			}
			if why := wrongInBranch(node, m.Constant); why != "" {
				return &NodeError{message.NodeName(node), node.Text("op_type"), "converted", errors.New(why)}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// wrongInBranch says why a node cannot be in a branch of an If, or "".
// Operators of our own are built only outside of branches. Where the
// conversion has the operator too, it may be used if it reads the node right.
func wrongInBranch(node message.Message, known map[string]message.Message) string {
	op := node.Text("op_type")
	if !operators.Builds(op) {
		return ""
	}
	if inputs := node.Texts("input"); op == "Slice" && (len(inputs) < 5 || inputs[4] == "") {
		return ""
	} else if op == "Slice" {
		steps, ok := message.IntegersOf(known, inputs[4])
		if ok && !slices.ContainsFunc(steps, func(s int) bool { return s < 1 }) {
			return ""
		}
	}
	return "it is not supported in the branches of an If: choose with Where instead"
}

// asDeclared compares the shape of an output, except its batch, with the
// declared one, if any.
func (m *converted) asDeclared(output string, s shapes.Shape) bool {
	want, ok := m.declared[output]
	return !ok || len(want) == 0 || s.Rank() == len(want) && fits(want[1:], s.Dimensions[1:])
}
