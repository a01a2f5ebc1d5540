package onnx

import (
	"errors"
	"slices"

	"github.com/gomlx/compute/shapes"
)

// misread names an operator that the conversion of onnx-gomlx v0.5.2 would take for
// another without saying so.
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

// wrong says what of a node the conversion would ignore; "" if nothing.
func wrong(node message, known map[string]message) string {
	switch node.text("op_type") {
	case "Slice":
		if inputs := node.texts("input"); len(inputs) > 4 && inputs[4] != "" {
			steps, ok := integersOf(known, inputs[4])
			if !ok || slices.ContainsFunc(steps, func(s int) bool { return s < 1 }) {
				return "its steps are to be positive constants; what runs backwards, as torch.flip, is not supported"
			}
		}
	case "AveragePool":
		if !only(1, node, "dilations") {
			return "dilated windows are not supported"
		}
		if !only(0, node, "pads") { // what averagePool left to the conversion
			return "padding this wide, or with ceil_mode, is not supported"
		}
	case "Resize":
		return wrongResize(node)
	}
	return ""
}

// wrongResize allows the ways that were compared with PyTorch: nearest as
// PyTorch takes it, and linear between pixels' centres.
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

// asDeclared compares the shape of the output, but for its batch, with that which
// the file declares, if it does.
func (m *converted) asDeclared(s shapes.Shape) bool {
	want, ok := m.declared[m.output]
	return !ok || len(want) == 0 || s.Rank() == len(want) && fits(want[1:], s.Dimensions[1:])
}
