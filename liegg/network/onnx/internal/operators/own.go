// Package operators builds operators of ONNX by graph code of our own, where
// onnx-gomlx has none or has it wrong.
package operators

import (
	"fmt"
	"reflect"
	"slices"

	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"
	"github.com/gomlx/onnx-gomlx/onnx"

	"github.com/liegg/lab/liegg/network/onnx/internal/folding"
	"github.com/liegg/lab/liegg/network/onnx/internal/message"
)

// own lists the operators that are built by graph code of this package
// instead of onnx-gomlx. Each returns the outputs of a node in order, nil for
// those that it does not make.
var own = map[string]func(o *operation) []*Node{}

// Nodes are the nodes of a graph, and what is known about their tensors.
type Nodes struct {
	Opset    int                        // version of ONNX's own operators
	Steps    []message.Message          // in order
	Constant map[string]message.Message // tensors stored in the file
	Weights  map[string]bool            // which of them training changes

	Values     map[string]*folding.Tensor // tensors whose values are known in the graph that is being built
	Unfoldable map[string]bool            // outputs that were expected to be known, but are not
}

// Builds reports whether an operator is built by graph code of this package.
func Builds(op string) bool { return own[op] != nil }

// operation is a node of the file while its graph is built.
type operation struct {
	node   message.Message
	file   *Nodes
	graph  *Graph
	values map[string]*Node // all tensors made so far
}

// input returns an input, or nil if it is omitted.
func (o *operation) input(i int) *Node {
	names := o.node.Texts("input")
	if i >= len(names) || names[i] == "" {
		return nil
	}
	x := o.values[names[i]]
	if x == nil {
		panic(fmt.Errorf("its input %q has no elements, which is not supported", names[i]))
	}
	return x
}

// inputs returns the number of inputs.
func (o *operation) inputs() int { return o.node.Field("input").List().Len() }

// has reports whether an input is given.
func (o *operation) has(i int) bool { return i < o.inputs() && o.node.Texts("input")[i] != "" }

// known returns an input whose value is known while the graph is built. It
// panics with an error if the value depends on the input of the network.
func (o *operation) known(i int) *folding.Tensor {
	name := o.node.Texts("input")[i]
	if k := o.file.Value(name); k != nil {
		return k
	}
	panic(fmt.Errorf("its input %q must be a constant, or computed from constants and shapes", name))
}

// integers and floats return the numbers of an input that must be known.
func (o *operation) integers(i int) []int   { return o.known(i).Integers() }
func (o *operation) floats(i int) []float64 { return o.known(i).Floats() }

// axis returns an axis attribute of x, counted from the first.
func (o *operation) axis(name string, otherwise int, x *Node) int {
	return folding.FromFirst(o.node.Integer(name, otherwise), x.Rank())
}

// operator adds a node to the conversion. onnx-gomlx v0.5.2 has one way to
// add operators: it replaces what it calls a fusion, a group of nodes, by the
// result of a method Emit. This type is a group of one node.
type operator struct {
	node message.Message
	file *Nodes
}

// Name, Score, OutputNames, InternalOutputs, ExternalInputs and Emit make an
// operator a fusion.
func (p operator) Name() string                     { return p.node.Text("op_type") }
func (p operator) Score() float32                   { return 0 }
func (p operator) InternalOutputs() map[string]bool { return nil }

func (p operator) OutputNames() []string {
	return slices.DeleteFunc(p.node.Texts("output"), func(name string) bool { return name == "" })
}

func (p operator) ExternalInputs() []string {
	return slices.DeleteFunc(p.node.Texts("input"), func(name string) bool { return name == "" })
}

// Emit adds the outputs of the node to values.
func (p operator) Emit(_ *model.Scope, g *Graph, values map[string]*Node) {
	o := &operation{p.node, p.file, g, values}
	defer o.named()
	if o.fold() {
		return
	}
	build, ok := own[p.node.Text("op_type")]
	if !ok {
		panic(Unfolded(p.node.Texts("output")[0]))
	}
	outputs := build(o)
	for i, name := range p.node.Texts("output") {
		if name != "" && i < len(outputs) && outputs[i] != nil {
			values[name] = outputs[i]
		}
	}
}

// named turns a panic of graph code into an *message.Unsupported about the node.
func (o *operation) named() {
	switch r := recover().(type) {
	case nil:
	case *message.Unsupported:
		panic(r)
	case Unfolded:
		panic(r)
	case error:
		panic(message.NewUnsupported(o.node, r))
	default:
		panic(message.NewUnsupported(o.node, fmt.Errorf("%v", r)))
	}
}

// Install has the conversion build the nodes that this package can build.
func (m *Nodes) Install(to onnx.Model) { install(to, m.ours()) }

// install has the conversion build the given nodes by operators of our own.
// The field that holds them is exported, but its type is not.
func install(m onnx.Model, operators map[string]operator) {
	field := reflect.ValueOf(m).Elem().FieldByName("DetectedFusions")
	if !field.IsValid() || field.Kind() != reflect.Map || !reflect.TypeFor[operator]().Implements(field.Type().Elem()) {
		panic("onnx: this version of onnx-gomlx takes no operators from elsewhere: install must be adapted to it")
	}
	all := reflect.MakeMap(field.Type())
	for output, p := range operators {
		all.SetMapIndex(reflect.ValueOf(output), reflect.ValueOf(p))
	}
	field.Set(all)
}

// ours returns the operators to install, by output: those in own, and those
// whose results are known while the graph is built.
func (m *Nodes) ours() map[string]operator {
	operators := map[string]operator{}
	foldable := m.foldable()
	for _, node := range m.Steps {
		_, listed := own[node.Text("op_type")]
		if !listed && !foldable[node.Texts("output")[0]] {
			continue
		}
		p := operator{node, m}
		for _, output := range p.OutputNames() {
			operators[output] = p
		}
	}
	return operators
}

// expandedTogether broadcasts two tensors to a common shape.
func expandedTogether(x, y *Node) (*Node, *Node) {
	dims, ok := folding.BroadcastDims(x.Shape().Dimensions, y.Shape().Dimensions)
	if !ok {
		panic(fmt.Errorf("shapes %v and %v cannot be broadcast to one", x.Shape().Dimensions, y.Shape().Dimensions))
	}
	return widened(x, dims), widened(y, dims)
}

// widened broadcasts x to dimensions.
func widened(x *Node, dims []int) *Node {
	return BroadcastToDims(ExpandLeftToRank(x, len(dims)), dims...)
}
