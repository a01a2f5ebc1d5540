package onnx

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"

	"github.com/gomlx/compute/shapes"
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"
	"github.com/gomlx/onnx-gomlx/onnx"

	"github.com/liegg/lab/liegg/internal/spelling"
)

// converted is a model with a chosen input and output.
type converted struct {
	onnx   onnx.Model
	lock   sync.Mutex // onnx.Model changes while it builds a graph
	store  *model.Store
	input  shapes.Shape // shape of the input, without its batch
	output string
	name   string // of the input
	layers *layers
	fixed  map[string]*tensors.Tensor
	open   map[string]bool // which of fixed have an open batch axis
	steps  []message       // nodes that the output depends on, in order

	constant map[string]message // tensors stored in the file
	weights  map[string]bool    // which of them training changes
	declared map[string][]int   // dimensions of the outputs, -1 for open ones

	values     map[string]*known // tensors whose values are known in the graph that is being built
	opset      int               // version of ONNX's own operators
	unfoldable map[string]bool   // outputs that were expected to be known, but are not

	declaredInputs map[string]shapes.Shape
	claims         []claim
	work           float64 // upper bound of the multiplications for a few samples
	refused        error   // a *NodeError: what in the file would be misread
}

// model chooses input and output, and reads what the output depends on.
// Everything else is removed from the file's graph, so model can be called
// only once.
func (f *file) model(s Settings) (*converted, error) {
	m := &converted{store: model.NewStore(), fixed: s.Fixed, open: map[string]bool{}, unfoldable: map[string]bool{}}
	withoutWeights(f.graph)
	inputs, declared, err := f.inputs()
	if err != nil {
		return nil, err
	}
	m.declaredInputs = declared
	if m.name, err = chosen("Input", s.Input, f.free(inputs, s), declared); err != nil {
		return nil, err
	}
	if m.input, err = sample(m.name, declared[m.name], s.Shape); err != nil {
		return nil, err
	}
	if err := m.fix(inputs, declared); err != nil {
		return nil, err
	}
	outputs, dims := f.outputs()
	if s, err = f.chooseOutput(s, outputs); err != nil {
		return nil, err
	}
	m.output, m.declared = s.Output, dims
	m.layers = f.layers(s, m.name)
	f.prune(m.kept()...)
	f.spellOut()
	if err := errors.Join(f.checkNames(), f.withinBudget()); err != nil {
		return nil, err
	}
	return m, m.read(f)
}

// chooseOutput fills in Settings.Output, and checks the names of the output and
// of the layers.
func (f *file) chooseOutput(s Settings, outputs []string) (_ Settings, err error) {
	if last := len(s.Layers) - 1; s.Output == "" && len(outputs) > 1 && last >= 0 {
		s.Output, s.Layers = s.Layers[last], s.Layers[:last]
	}
	all := f.tensors()
	for _, name := range s.Layers {
		if !all[name] {
			return s, fmt.Errorf("there is no %q for Settings.Layers; the nearest is %q", name, spelling.Nearest(name, slices.Sorted(maps.Keys(all))))
		}
	}
	s.Output, err = chosen("Output", s.Output, outputs, all)
	return s, err
}

// read lets the conversion read a file that has been reduced to what is
// needed. try reports what it would misread.
func (m *converted) read(f *file) (err error) {
	var node *NodeError
	if m.claims, err = f.rewrite(m.kept()...); errors.As(err, &node) {
		m.refused = node
		return nil
	}
	if err != nil {
		return err
	}
	f.readIndexAdds()
	if m.opset, err = operatorSet(f.whole); err != nil {
		return err
	}
	if err := m.adopt(f); err != nil {
		return err
	}
	for m.inline(f) {
		if err := m.adopt(f); err != nil {
			return err
		}
	}
	return nil
}

// adopt takes the nodes and weights of a file as they are now.
func (m *converted) adopt(f *file) (err error) {
	if m.onnx, err = f.convert(); err != nil {
		return err
	}
	m.steps, m.constant, m.weights = f.graph.children("node"), constants(f.graph), f.weights()
	install(m.onnx, m.ours())
	m.store = model.NewStore()
	return m.onnx.VariablesToScope(m.store.RootScope())
}

// weights returns the names of the file's float tensors, which become
// variables.
func (f *file) weights() map[string]bool {
	names := map[string]bool{}
	for _, t := range f.graph.children("initializer") {
		if kind, ok := types[int32(t.get("data_type").Int())]; ok && kind.IsFloat() {
			names[t.text("name")] = true
		}
	}
	return names
}

// outputs returns the names of the outputs, and their declared dimensions, -1
// for open ones.
func (f *file) outputs() (names []string, declared map[string][]int) {
	declared = map[string][]int{}
	for _, v := range f.graph.children("output") {
		name := v.text("name")
		names, declared[name] = append(names, name), axes(v)
	}
	return names, declared
}

// free returns the inputs whose value is not fixed.
func (f *file) free(inputs []string, s Settings) []string {
	return slices.DeleteFunc(slices.Clone(inputs), func(name string) bool { return s.Fixed[name] != nil })
}

// tensors returns the names of everything that nodes make.
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

// forward builds the graph of the network, in the type of x.
func (m *converted) forward(scope *model.Scope, x *Node) *Node {
	if !slices.Equal(x.Shape().Dimensions[1:], m.input.Dimensions) {
		panic(fmt.Errorf("onnx: samples of shape %v for the input %q, which is %v", x.Shape().Dimensions[1:], m.name, m.input.Dimensions))
	}
	made := m.call(scope, x, m.kept()...)
	m.nameLayers(x, made[1:])
	return ConvertDType(made[0], x.DType())
}

// call builds the named tensors for a batch x.
func (m *converted) call(scope *model.Scope, x *Node, names ...string) []*Node {
	m.lock.Lock()
	defer m.lock.Unlock()
	inputs := map[string]*Node{m.name: ConvertDType(x, m.input.DType)}
	for name, t := range m.fixed {
		v := ConvertDType(Const(x.Graph(), t), m.declaredInputs[name].DType)
		if m.open[name] {
			v = BroadcastToDims(InsertAxes(v, 0), append([]int{x.Shape().Dim(0)}, t.Shape().Dimensions...)...)
		}
		inputs[name] = v
	}
	for {
		outputs, missing := m.callGraph(scope, x.Graph(), inputs, names)
		if missing == "" {
			return outputs
		}
		m.unfoldable[missing] = true
		install(m.onnx, m.ours())
	}
}

// callGraph has the conversion build the named tensors. missing is a tensor
// that was expected to be known while the graph is built, but is not: it is
// left to the conversion next time.
func (m *converted) callGraph(scope *model.Scope, g *Graph, inputs map[string]*Node, names []string) (outputs []*Node, missing string) {
	defer func() {
		switch r := recover().(type) {
		case nil:
		case unfolded:
			missing = string(r)
		default:
			panic(r)
		}
	}()
	m.values = map[string]*known{}
	return m.onnx.CallGraph(scope, g, inputs, names...), ""
}
