package onnx

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"
	"github.com/gomlx/onnx-gomlx/onnx"

	"github.com/liegg/lab/liegg/internal/spelling"
	"github.com/liegg/lab/liegg/network"
)

// converted is a model with a chosen input and output.
type converted struct {
	onnx    onnx.Model
	lock    sync.Mutex // onnx.Model changes while it builds a graph
	store   *model.Store
	input   shapes.Shape // shape of the input, without its batch
	output  string
	joined  []string         // the outputs that output consists of, if there are several
	names   []string         // of the inputs that vary from sample to sample
	packing *network.Packing // of several of these; nil for one
	layers  *layers
	fixed   map[string]*tensors.Tensor
	open    map[string]bool // which of fixed have an open batch axis
	steps   []message       // nodes that the output depends on, in order

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
	if err := m.choose(f.free(inputs, s), declared, s); err != nil {
		return nil, err
	}
	if err := m.fix(inputs, declared); err != nil {
		return nil, err
	}
	outputs, dims := f.outputs()
	if s, err = f.chooseOutput(s, outputs); err != nil {
		return nil, err
	}
	if err := m.chooseOutputs(f, outputs, s); err != nil {
		return nil, err
	}
	s.Output, m.declared = m.output, dims
	m.layers = f.layers(s, m.names)
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
	if last := len(s.Layers) - 1; s.Output == "" && s.Outputs == nil && len(outputs) > 1 && last >= 0 {
		s.Output, s.Layers = s.Layers[last], s.Layers[:last]
	}
	all := f.tensors()
	for _, name := range s.Layers {
		if !all[name] {
			return s, fmt.Errorf("there is no %q for Settings.Layers; the nearest is %q", name, spelling.Nearest(name, slices.Sorted(maps.Keys(all))))
		}
	}
	if s.Outputs == nil {
		s.Output, err = chosen("Output", s.Output, outputs, all)
	}
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
	for {
		found := m.inline(f)
		if !found {
			if found, err = m.unroll(f); errors.As(err, &node) {
				m.refused = node
				return nil
			}
		}
		if err != nil || !found {
			return err
		}
		if err := m.adopt(f); err != nil {
			return err
		}
	}
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
	if m.packing == nil && !slices.Equal(x.Shape().Dimensions[1:], m.input.Dimensions) {
		panic(fmt.Errorf("onnx: samples of shape %v for the input %q, which is %v", x.Shape().Dimensions[1:], m.names[0], m.input.Dimensions))
	}
	made := m.call(scope, x, m.kept()...)
	m.nameLayers(x, made[1:])
	return ConvertDType(made[0], x.DType())
}

// packed builds the graph of the network for the inputs of packed samples, in
// the type of these.
func (m *converted) packed(scope *model.Scope, inputs map[string]*Node) *Node {
	made := m.callWith(scope, inputs, m.kept()...)
	m.nameLayers(inputs[m.names[0]], made[1:])
	return ConvertDType(made[0], m.input.DType)
}

// varying returns the inputs that differ from sample to sample.
func (m *converted) varying(x *Node) map[string]*Node {
	if m.packing != nil {
		return m.packing.Unpack(x)
	}
	return map[string]*Node{m.names[0]: ConvertDType(x, m.input.DType)}
}

// varies returns a set of the inputs that differ from sample to sample, those
// of some types; nil stands for all types.
func (m *converted) varies(of func(dtypes.DType) bool) map[string]bool {
	names := map[string]bool{}
	for _, name := range m.names {
		names[name] = of == nil || of(m.declaredInputs[name].DType)
	}
	return names
}

// call builds the named tensors for a batch x.
func (m *converted) call(scope *model.Scope, x *Node, names ...string) []*Node {
	return m.callWith(scope, m.varying(x), names...)
}

// callWith builds the named tensors for a batch of the inputs that vary.
func (m *converted) callWith(scope *model.Scope, varying map[string]*Node, names ...string) []*Node {
	m.lock.Lock()
	defer m.lock.Unlock()
	inputs, first := maps.Clone(varying), varying[m.names[0]]
	g, batch := first.Graph(), first.Shape().Dim(0)
	for name, t := range m.fixed {
		v := ConvertDType(Const(g, t), m.declaredInputs[name].DType)
		if m.open[name] {
			v = BroadcastToDims(InsertAxes(v, 0), append([]int{batch}, t.Shape().Dimensions...)...)
		}
		inputs[name] = v
	}
	for {
		outputs, missing := m.callGraph(scope, g, inputs, names)
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
