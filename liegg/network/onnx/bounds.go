package onnx

import (
	"fmt"
	"slices"

	"github.com/gomlx/compute"
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"

	"github.com/liegg/lab/liegg/network/onnx/internal/message"
)

// outOfBounds returns an error if an operator takes an index outside its
// data. ONNX calls this an error; XLA would take the nearest index instead,
// or none. Indices that depend on the input are not checked. Within branches,
// only operators are checked whose indices are constants and whose data are
// constants, too, or come from outside the branch.
func (m *converted) outOfBounds(backend compute.Backend) error {
	computed, dims := m.computed(), m.indexedDimensions(backend)
	for _, step := range m.Steps {
		err := step.Each("NodeProto", func(node message.Message) error {
			if why := m.beyond(node, computed, dims); why != nil {
				return &NodeError{message.NodeName(node), node.Text("op_type"), "converted", why}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// indexed are the operators that index their first input with their second.
var indexed = message.NameSet("Gather", "GatherElements", "GatherND", "ScatterElements", "ScatterND")

// index is a tensor of indices.
type index struct{ numbers, dims []int }

// computed returns the indices, by name, for a few samples, that are not
// constants but do not depend on the numbers of the input. Indices that the
// pure-Go backend cannot compute are left out.
func (m *converted) computed() map[string]index {
	depends := m.varies(nil)
	message.Follow(m.Steps, depends, func(message.Message) error { return nil })
	var names []string
	for _, node := range m.Steps {
		if !indexed[node.Text("op_type")] {
			continue
		}
		name := node.Texts("input")[1]
		if _, constant := m.Constant[name]; !constant && !depends[name] && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	if len(names) == 0 {
		return nil
	}
	known := map[string]index{}
	m.inGo(func(backend compute.Backend, store *model.Store) error {
		return m.evaluate(backend, store, names, known)
	})
	return known
}

// evaluate adds the numbers of integer tensors to known.
func (m *converted) evaluate(backend compute.Backend, store *model.Store, names []string, known map[string]index) error {
	exec, err := model.NewExec(backend, store, func(scope *model.Scope, x *Node) []*Node { return m.call(scope, x, names...) })
	if err != nil {
		return err
	}
	defer exec.Finalize()
	values, err := exec.Call(m.tensor(make([]float64, samples*m.input.Size()), samples))
	if err != nil {
		return err
	}
	for i, t := range values {
		var numbers []int
		err := t.ConstFlatData(func(flat any) {
			switch flat := flat.(type) {
			case []int64:
				numbers = integers(flat)
			case []int32:
				numbers = integers(flat)
			}
		})
		if err != nil {
			return err
		}
		known[names[i]] = index{numbers, t.Shape().Dimensions}
	}
	return nil
}

func integers[T int32 | int64](values []T) []int {
	numbers := make([]int, len(values))
	for i, v := range values {
		numbers[i] = int(v)
	}
	return numbers
}

// beyond reports an index of a node that is outside its data. It returns nil
// if all are inside, or if that is unknown.
func (m *converted) beyond(node message.Message, computed map[string]index, known map[string][]int) error {
	op := node.Text("op_type")
	if !indexed[op] {
		return nil
	}
	inputs := node.Texts("input")
	at, ok := computed[inputs[1]]
	if numbers, constant := message.IntegersOf(m.Constant, inputs[1]); constant {
		at, ok = index{numbers, message.Sizes(m.Constant[inputs[1]])}, true
	}
	if !ok {
		return nil
	}
	dims, ok := known[inputs[0]]
	if !ok {
		return nil
	}
	one := op == "Gather" || op == "GatherElements" || op == "ScatterElements" // these have an axis attribute
	first, count := 0, 1                                                       // axes that each index addresses, one number per axis
	if one {
		first = node.Integer("axis", 0)
		if first < 0 {
			first += len(dims)
		}
	} else if len(at.dims) > 0 {
		first, count = node.Integer("batch_dims", 0), at.dims[len(at.dims)-1]
	}
	if first < 0 || count < 0 || first+count > len(dims) || len(dims) == 0 {
		return fmt.Errorf("its axis is out of bounds for %v", dims)
	}
	return within(at.numbers, dims[first:first+count])
}

// within returns an error unless indices, which cycle over axes of the given
// sizes, are in range. Negative indices count from the end.
func within(indices, sizes []int) error {
	for i, index := range indices {
		size := sizes[i%len(sizes)]
		if index < -size || index >= size {
			return fmt.Errorf("its index %d is out of bounds for an axis of size %d", index, size)
		}
	}
	return nil
}

// indexedDimensions returns the dimensions of the tensors that are indexed,
// for a few samples, as far as they are constants or made outside of
// branches.
func (m *converted) indexedDimensions(backend compute.Backend) map[string][]int {
	known, made, names := map[string][]int{}, m.varies(nil), []string(nil)
	for _, step := range m.Steps {
		step.Each("NodeProto", func(node message.Message) error {
			if indexed[node.Text("op_type")] {
				names = append(names, node.Texts("input")[0])
			}
			return nil
		})
		for _, output := range step.Texts("output") {
			made[output] = true
		}
	}
	for _, name := range names {
		if t, constant := m.Constant[name]; constant {
			known[name] = message.Sizes(t)
		}
	}
	names = slices.DeleteFunc(names, func(name string) bool { return known[name] != nil || !made[name] })
	if len(names) == 0 {
		return known
	}
	shapes, err := m.shapes(backend, samples, names)
	if err != nil {
		return known
	}
	for i, name := range names {
		known[name] = shapes[i].Dimensions
	}
	return known
}
