package operators

import (
	"fmt"
	"maps"
	"slices"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"

	"github.com/liegg/lab/liegg/network/onnx/internal/folding"
	"github.com/liegg/lab/liegg/network/onnx/internal/message"
)

// foldable returns the outputs of nodes that are known while the graph is
// built: they depend on constants and shapes only.
func (m *Nodes) foldable() map[string]bool {
	outputs := map[string]bool{}
	for _, node := range m.Steps {
		if op := node.Text("op_type"); op == "Shape" || op == "Size" || folding.Folds[op] != nil && m.onlyKnown(node, outputs) {
			for _, output := range node.Texts("output") {
				outputs[output] = !m.Unfoldable[output]
			}
		}
	}
	maps.DeleteFunc(outputs, func(_ string, ok bool) bool { return !ok })
	return outputs
}

func (m *Nodes) onlyKnown(node message.Message, outputs map[string]bool) bool {
	for _, input := range node.Texts("input") {
		_, constant := m.Constant[input]
		if input != "" && !outputs[input] && (!constant || m.Weights[input]) {
			return false
		}
	}
	return true
}

// fold computes the outputs if the inputs are known, and reports whether they
// were.
func (o *operation) fold() bool {
	op := o.node.Text("op_type")
	var outputs []*folding.Tensor
	if op == "Shape" || op == "Size" {
		outputs = o.foldShape()
	} else if f := folding.Folds[op]; f != nil {
		in := make([]*folding.Tensor, o.inputs())
		for i, name := range o.node.Texts("input") {
			if name == "" {
				continue
			}
			if in[i] = o.file.Value(name); in[i] == nil {
				return false
			}
		}
		outputs = f(o.node, in)
	}
	names := o.node.Texts("output")
	if len(outputs) < len(names) || slices.Contains(outputs, nil) {
		return false
	}
	for i, name := range names {
		if outputs[i].Size() > folding.MostKnown {
			return false
		}
		o.file.Values[name] = outputs[i]
		o.values[name] = outputs[i].Constant(o.graph)
	}
	return true
}

// foldShape returns the shape, or the number of elements, of the input.
func (o *operation) foldShape() []*folding.Tensor {
	s, ok := o.shapeOf(0)
	if !ok {
		return nil
	}
	if o.node.Text("op_type") == "Size" {
		return []*folding.Tensor{folding.NewIntegers(dtypes.Int64, nil, []int{s.Size()})}
	}
	return []*folding.Tensor{folding.NewIntegers(dtypes.Int64, []int{s.Rank()}, slices.Clone(s.Dimensions))}
}

// shapeOf returns the shape of a tensor of the graph, known or not.
func (o *operation) shapeOf(i int) (shapes.Shape, bool) {
	name := o.node.Texts("input")[i]
	if k := o.file.Value(name); k != nil {
		return shapes.Make(k.Kind, k.Dims...), true
	}
	if x := o.values[name]; x != nil {
		return x.Shape(), true
	}
	return shapes.Shape{}, false
}

// Value returns the value of a tensor if it is known, or nil. Weights are not
// known, because training may change them.
func (m *Nodes) Value(name string) *folding.Tensor {
	if k, ok := m.Values[name]; ok {
		return k
	}
	if m.Weights[name] {
		return nil
	}
	t, ok := m.Constant[name]
	if !ok {
		return nil
	}
	k := folding.Stored(t)
	m.Values[name] = k
	return k
}

// Unfolded is the panic about a tensor that was expected to be known while
// the graph is built.
type Unfolded string

// String says which tensor is not known.
func (u Unfolded) String() string { return fmt.Sprintf("%q is not known", string(u)) }
