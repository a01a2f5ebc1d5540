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

	"github.com/liegg/lab/liegg/network"
	"github.com/liegg/lab/liegg/network/onnx/internal/folding"
	"github.com/liegg/lab/liegg/network/onnx/internal/message"
	"github.com/liegg/lab/liegg/network/onnx/internal/modelfile"
	"github.com/liegg/lab/liegg/network/onnx/internal/operators"
	"github.com/liegg/lab/liegg/network/onnx/internal/rewriting"
	"github.com/liegg/lab/liegg/network/onnx/internal/schema"
)

// converted is a model with a chosen input and output.
type converted struct {
	onnx            onnx.Model
	lock            sync.Mutex // onnx.Model changes while it builds a graph
	store           *model.Store
	input           shapes.Shape // shape of the input, without its batch
	output          string
	joined          []string         // the outputs that output consists of, if there are several
	names           []string         // of the inputs that vary from sample to sample
	packing         *network.Packing // of several of these; nil for one
	layers          *layers
	fixed           map[string]*tensors.Tensor
	open            map[string]bool // which of fixed have an open batch axis
	operators.Nodes                 // that the output depends on

	declared map[string][]int // dimensions of the outputs, -1 for open ones

	declaredInputs map[string]shapes.Shape
	claims         []rewriting.Claim
	work           float64 // upper bound of the multiplications for a few samples
	refused        error   // a *NodeError: what in the file would be misread
}

// modelOf chooses input and output, and reads what the output depends on.
// Everything else is removed from the file's graph, so modelOf can be called
// only once.
func modelOf(f *modelfile.File, s Settings) (*converted, error) {
	m := &converted{store: model.NewStore(), fixed: s.Fixed, open: map[string]bool{}}
	m.Unfoldable = map[string]bool{}
	message.WithoutWeights(f.Graph)
	inputs, declared, err := f.Inputs()
	if err != nil {
		return nil, err
	}
	m.declaredInputs = declared
	if err := m.choose(free(inputs, s), declared, s); err != nil {
		return nil, err
	}
	if err := m.fix(inputs, declared); err != nil {
		return nil, err
	}
	outputs, dims := f.Outputs()
	if s, err = chooseOutput(f, s, outputs); err != nil {
		return nil, err
	}
	if err := m.chooseOutputs(f, outputs, s); err != nil {
		return nil, err
	}
	s.Output, m.declared = m.output, dims
	m.layers = layersOf(f, s, m.names)
	alone := shapesAlone(f, m.kept()...)
	f.Prune(m.kept()...)
	if err := m.complete(f, alone); err != nil {
		return nil, err
	}
	f.SpellOut()
	if err := errors.Join(f.CheckNames(), f.WithinBudget()); err != nil {
		return nil, err
	}
	return m, m.read(f)
}

// chooseOutput fills in Settings.Output, and checks the names of the output and
// of the layers.
func chooseOutput(f *modelfile.File, s Settings, outputs []string) (_ Settings, err error) {
	if last := len(s.Layers) - 1; s.Output == "" && s.Outputs == nil && len(outputs) > 1 && last >= 0 {
		s.Output, s.Layers = s.Layers[last], s.Layers[:last]
	}
	all := f.Tensors()
	for _, name := range s.Layers {
		if !all[name] {
			return s, absent(name, "Layers", all, "onnx.Tensors lists all tensors")
		}
	}
	if s.Outputs == nil {
		s.Output, err = chosen("Output", s.Output, outputs, all)
	}
	return s, err
}

// read lets the conversion read a file that has been reduced to what is
// needed. try reports what it would misread.
func (m *converted) read(f *modelfile.File) (err error) {
	var node *message.Unsupported
	if m.claims, err = rewriting.File(f, m.kept()...); errors.As(err, &node) {
		m.refused = notConverted(node)
		return nil
	}
	if err != nil {
		return err
	}
	rewriting.ReadIndexAdds(f)
	if m.Opset, err = schema.OperatorSet(f.Whole); err != nil {
		return err
	}
	if err := m.adopt(f); err != nil {
		return err
	}
	for {
		found := m.inline(f)
		if !found {
			if found, err = rewriting.Unroll(f, m.Steps, m); errors.As(err, &node) {
				m.refused = notConverted(node)
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
func (m *converted) adopt(f *modelfile.File) (err error) {
	if m.onnx, err = f.Convert(); err != nil {
		return err
	}
	m.Steps, m.Constant, m.Weights = f.Graph.Children("node"), message.Constants(f.Graph), f.Weights()
	m.Install(m.onnx)
	m.store = model.NewStore()
	return m.onnx.VariablesToScope(m.store.RootScope())
}

// free returns the inputs whose value is not fixed.
func free(inputs []string, s Settings) []string {
	return slices.DeleteFunc(slices.Clone(inputs), func(name string) bool { return s.Fixed[name] != nil })
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
		m.Unfoldable[missing] = true
		m.Install(m.onnx)
	}
}

// callGraph has the conversion build the named tensors. missing is a tensor
// that was expected to be known while the graph is built, but is not: it is
// left to the conversion next time.
func (m *converted) callGraph(scope *model.Scope, g *Graph, inputs map[string]*Node, names []string) (outputs []*Node, missing string) {
	defer func() {
		switch r := recover().(type) {
		case nil:
		case operators.Unfolded:
			missing = string(r)
		case *message.Unsupported:
			panic(notConverted(r))
		default:
			panic(r)
		}
	}()
	m.Values = map[string]*folding.Tensor{}
	return m.onnx.CallGraph(scope, g, inputs, names...), ""
}
