package network

import (
	"fmt"
	"hash/fnv"
	"reflect"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/shapes"
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"

	"github.com/liegg/lab/liegg/action"
)

// kind is all that a program depends on.
type kind struct {
	model   modelKind
	action  action.Action
	gram    bool
	shape   string
	verdict bool
	bySize  bool
	blocks  int // in a batch
}

// modelKind is all that the graph of a network's outputs depends on. Go cannot compare two
// functions. So the graph is built anew each time, which takes less than a thousandth of a
// second, and its printed form is compared: operators, their attributes, and small constants.
// If a Forward is replaced by one with the same graph up to large constants, this goes
// unnoticed; see Network.Forward. Variables do not matter, since they are arguments of
// programs.
type modelKind struct {
	head    Head
	store   *model.Store
	backend compute.Backend
	input   string // type and shape of one input
	graph   uint64 // digest of the graph
	mode    Differentiation
}

// equal compares actions deeply, since some hold slices. Actions that hold functions never
// equal others.
func (k kind) equal(other kind) bool {
	same := reflect.DeepEqual(k.action, other.action)
	k.action, other.action = nil, nil
	return same && k == other
}

// kindOf returns the kind of the program for inputs like the first. It returns an error if
// the model cannot run on them.
func kindOf(n *Network, a action.Action, first chunk, s Settings, verdict bool) (k kind, err error) {
	backend, err := n.backend()
	if err != nil {
		return k, err
	}
	e := extraction{network: n, action: a, head: s.Head, mode: s.Mode}
	if _, err := e.trace(backend, first.X.Shape()); err != nil {
		return k, err
	}
	return kind{model: e.model, action: a, gram: s.Gram, shape: first.X.Shape().String(), verdict: verdict, bySize: s.BySize, blocks: s.together}, nil
}

// trace returns the number of rows per sample for inputs of a shape, and records the kind of
// the model. It builds the graph of the outputs without compiling it.
func (e *extraction) trace(backend compute.Backend, shape shapes.Shape) (m int, err error) {
	defer func() {
		if err != nil {
			err = fmt.Errorf("network: the model cannot be run on inputs of shape %s: %w", shape, panicCause(err))
		}
	}()
	defer caught(&err)
	g := NewGraph(backend, "outputs")
	defer g.Finalize()
	m = e.y(e.network.Store.RootScope(), Parameter(g, "x", shape)).Shape().Dim(1)
	digest := fnv.New64a()
	for _, node := range g.Nodes() {
		fmt.Fprintln(digest, node)
	}
	e.model = modelKind{
		head: e.head, store: e.network.Store, backend: backend,
		input: fmt.Sprint(shape.DType, shape.Dimensions[1:]), graph: digest.Sum64(), mode: e.mode,
	}
	return m, nil
}
