package onnx

import (
	"fmt"

	"github.com/gomlx/compute"
)

// outOfBounds returns an error if an operator takes an index from a constant that its data
// do not have. ONNX calls this an error. XLA would take the nearest index instead, or none.
// Of operators within branches only those are seen whose data lie outside of these, or are
// constants. Indices that are computed are not seen.
func (m *converted) outOfBounds(backend compute.Backend) error {
	for _, step := range m.steps {
		err := step.each("NodeProto", func(node message) error {
			if why := m.beyond(backend, node); why != nil {
				return &NodeError{nodeName(node), node.text("op_type"), "converted", why}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// beyond says which constant index of a node its data do not have; nil if they have all, or
// if it is not known.
func (m *converted) beyond(backend compute.Backend, node message) error {
	op := node.text("op_type")
	one := op == "Gather" || op == "GatherElements" // axis, which they tell
	if !one && op != "GatherND" && op != "ScatterND" {
		return nil
	}
	inputs := node.texts("input")
	indices, ok := integersOf(m.constant, inputs[1])
	if !ok {
		return nil
	}
	dims, ok := m.dimensions(backend, inputs[0])
	if !ok {
		return nil
	}
	first, count := 0, 1 // axes that an index takes one number each for
	if one {
		first = node.integer("axis", 0)
		if first < 0 {
			first += len(dims)
		}
	} else if each := sizesOf(m.constant[inputs[1]]); len(each) > 0 {
		first, count = node.integer("batch_dims", 0), each[len(each)-1]
	}
	if first < 0 || count < 0 || first+count > len(dims) || len(dims) == 0 {
		return fmt.Errorf("its axis is out of bounds for %v", dims)
	}
	return within(indices, dims[first:first+count], one)
}

// within returns an error unless indices, which take turns over the axes of some sizes, are
// there. Negative ones count from the end, where the conversion knows that.
func within(indices, sizes []int, negative bool) error {
	for i, index := range indices {
		size := sizes[i%len(sizes)]
		if index < -size || index >= size {
			return fmt.Errorf("its index %d is out of bounds for an axis of size %d", index, size)
		}
		if index < 0 && !negative {
			return fmt.Errorf("its index %d counts from the end, which is not supported here: write %d", index, index+size)
		}
	}
	return nil
}

// dimensions are those of a tensor for a few samples; ok is false where it cannot be built.
func (m *converted) dimensions(backend compute.Backend, name string) (dims []int, ok bool) {
	if t, constant := m.constant[name]; constant {
		return sizesOf(t), true
	}
	known, err := m.shapes(backend, []string{name})
	if err != nil {
		return nil, false // no tensor of the graph itself
	}
	return known[0].Dimensions, true
}
