package onnx

import (
	"errors"
	"slices"

	"github.com/gomlx/compute/shapes"
)

// misread names an operator that the conversion of onnx-gomlx v0.5.2 would
// silently misinterpret.
func (m *converted) misread() error {
	for _, step := range m.steps {
		err := step.each("NodeProto", func(node message) error {
			if why := wrong(node, m.constant); why != "" {
				return &NodeError{nodeName(node), node.text("op_type"), "converted", errors.New(why)}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// wrong says what the conversion would ignore in a node, or "".
func wrong(node message, known map[string]message) string {
	switch node.text("op_type") {
	case "Slice":
		if inputs := node.texts("input"); len(inputs) > 4 && inputs[4] != "" {
			steps, ok := integersOf(known, inputs[4])
			if !ok || slices.ContainsFunc(steps, func(s int) bool { return s < 1 }) {
				return "its steps must be positive constants; a slice that runs backwards, as in torch.flip, is not supported"
			}
		}
	case "AveragePool":
		if !only(1, node, "dilations") {
			return "dilated windows are not supported"
		}
		if !only(0, node, "pads") { // left to the conversion by averagePool
			return "padding this wide, or with ceil_mode, is not supported"
		}
	case "Resize":
		return wrongResize(node)
	}
	return ""
}

// wrongResize allows the modes that were compared with PyTorch: nearest as in
// PyTorch, and linear between pixel centres.
func wrongResize(node message) string {
	way := node.word("mode", "nearest") + " " + node.word("coordinate_transformation_mode", "half_pixel")
	switch {
	case node.integer("antialias", 0) != 0:
	case way == "nearest asymmetric" && node.word("nearest_mode", "round_prefer_floor") == "floor":
		return ""
	case way == "linear half_pixel", way == "linear pytorch_half_pixel":
		return ""
	}
	return "resizing in the way " + way + " is not supported; nearest and bilinear without align_corners are"
}

// asDeclared compares the shape of the output, except its batch, with the
// declared one, if any.
func (m *converted) asDeclared(s shapes.Shape) bool {
	want, ok := m.declared[m.output]
	return !ok || len(want) == 0 || s.Rank() == len(want) && fits(want[1:], s.Dimensions[1:])
}
