package onnx

import (
	"fmt"
	"slices"
	"sync"

	"github.com/gomlx/compute/shapes"
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"
	"github.com/gomlx/onnx-gomlx/onnx"
)

// converted is a model of which one input and one output were chosen.
type converted struct {
	onnx   onnx.Model
	lock   sync.Mutex // onnx.Model changes while it builds a graph
	store  *model.Store
	input  shapes.Shape // that of the input, without its batch
	output string
	name   string // of the input
	fixed  map[string]*tensors.Tensor
	open   map[string]bool // which of fixed have an open batch axis
	steps  []message       // nodes that the output depends on, in order

	constant map[string]message // tensors that the file holds
	declared map[string][]int   // dimensions of the outputs, -1 where they are open
}

// model chooses input and output and loads the weights.
func (f *file) model(s Settings) (*converted, error) {
	m := &converted{onnx: f.onnx, store: model.NewStore(), fixed: s.Fixed, open: map[string]bool{}}
	inputs, declared := f.inputs()
	var err error
	if m.name, err = chosen("Input", s.Input, f.free(inputs, s), declared); err != nil {
		return nil, err
	}
	if m.input, err = sample(m.name, declared[m.name], s.Shape); err != nil {
		return nil, err
	}
	if err := m.fix(inputs, declared); err != nil {
		return nil, err
	}
	outputs, dims := f.onnx.Outputs()
	m.constant, m.declared = constants(f.graph), map[string][]int{}
	for i, name := range outputs {
		m.declared[name] = dims[i].Dimensions
	}
	known := f.tensors()
	if m.output, err = chosen("Output", s.Output, outputs, known); err != nil {
		return nil, err
	}
	m.steps = f.ancestors(m.output)
	return m, f.onnx.VariablesToScope(m.store.RootScope())
}

func (f *file) inputs() (inputs []string, declared map[string]shapes.Shape) {
	inputs, list := f.onnx.Inputs()
	declared = map[string]shapes.Shape{}
	for i, name := range inputs {
		declared[name] = list[i]
	}
	return inputs, declared
}

// free are the inputs whose value is not fixed.
func (f *file) free(inputs []string, s Settings) []string {
	return slices.DeleteFunc(slices.Clone(inputs), func(name string) bool { return s.Fixed[name] != nil })
}

// tensors are the names of all that nodes make.
func (f *file) tensors() map[string]bool {
	known := map[string]bool{}
	for _, node := range f.graph.children("node") {
		for _, output := range node.texts("output") {
			known[output] = output != ""
		}
	}
	for _, v := range f.graph.children("output") {
		known[v.text("name")] = true
	}
	return known
}

// ancestors are the nodes that a tensor depends on, in the order of the file.
func (f *file) ancestors(name string) []message {
	nodes := f.graph.children("node")
	wanted := map[string]bool{name: true}
	var steps []message
	for _, node := range slices.Backward(nodes) {
		if !slices.ContainsFunc(node.texts("output"), func(o string) bool { return wanted[o] }) {
			continue
		}
		steps = append(steps, node)
		for _, input := range node.texts("input") {
			wanted[input] = true
		}
	}
	slices.Reverse(steps)
	return steps
}

// forward is the graph of the network, in the type of x.
func (m *converted) forward(scope *model.Scope, x *Node) *Node {
	if !slices.Equal(x.Shape().Dimensions[1:], m.input.Dimensions) {
		panic(fmt.Errorf("onnx: samples of shape %v for the input %q, which is %v", x.Shape().Dimensions[1:], m.name, m.input.Dimensions))
	}
	return ConvertDType(m.call(scope, x, m.output)[0], x.DType())
}

// call builds the named tensors for a batch x.
func (m *converted) call(scope *model.Scope, x *Node, names ...string) []*Node {
	m.lock.Lock()
	defer m.lock.Unlock()
	_, declared := (&file{onnx: m.onnx}).inputs()
	inputs := map[string]*Node{m.name: ConvertDType(x, m.input.DType)}
	for name, t := range m.fixed {
		v := ConvertDType(Const(x.Graph(), t), declared[name].DType)
		if m.open[name] {
			v = BroadcastToDims(InsertAxes(v, 0), append([]int{x.Shape().Dim(0)}, t.Shape().Dimensions...)...)
		}
		inputs[name] = v
	}
	return m.onnx.CallGraph(scope, x.Graph(), inputs, names...)
}
