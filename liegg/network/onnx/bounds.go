package onnx

import (
	"fmt"

	"github.com/gomlx/compute"
)

// outOfBounds returns an error if a Gather takes an index from a constant that its data do
// not have. ONNX calls this an error. XLA would take the nearest index instead.
func (m *converted) outOfBounds(backend compute.Backend) error {
	for _, step := range m.steps {
		if step.text("op_type") != "Gather" {
			continue
		}
		inputs := step.texts("input")
		indices, ok := integersOf(m.constant, inputs[1])
		if !ok {
			continue
		}
		if _, constant := m.constant[inputs[0]]; constant {
			continue
		}
		data, err := m.shapes(backend, inputs[:1])
		if err != nil {
			continue // no tensor of the graph itself
		}
		axis, rank := step.integer("axis", 0), data[0].Rank()
		if axis < 0 {
			axis += rank
		}
		if axis < 0 || axis >= rank {
			return &NodeError{nodeName(step), "Gather", "converted", fmt.Errorf("its axis is out of bounds for %s", data[0])}
		}
		size := data[0].Dim(axis)
		for _, i := range indices {
			if i < -size || i >= size {
				return &NodeError{nodeName(step), "Gather", "converted", fmt.Errorf("its index %d is out of bounds for an axis of size %d", i, size)}
			}
		}
	}
	return nil
}
