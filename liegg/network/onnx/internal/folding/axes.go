package folding

import (
	"fmt"
	"slices"

	"github.com/liegg/lab/liegg/network/onnx/internal/message"
)

// axesOf returns the axes of a node, counted from the first. They are an
// attribute, or an input in newer operator sets.
func axesOf(node message.Message, in []*Tensor, rank int) (axes []int, ok bool) {
	axes = node.Integers("axes")
	if axes == nil && len(in) > 1 && in[1] != nil {
		axes = slices.Clone(in[1].Integers())
	}
	for i, axis := range axes {
		if axis < 0 {
			axes[i] += rank
		}
		if axes[i] < 0 || axes[i] >= rank {
			return nil, false
		}
	}
	return axes, true
}

// FromFirst counts an axis from the first, and panics with an error if there
// is no such axis.
func FromFirst(axis, rank int) int {
	if axis < -rank || axis >= rank {
		panic(fmt.Errorf("it has no axis %d: its input has %d", axis, rank))
	}
	if axis < 0 {
		axis += rank
	}
	return axis
}
