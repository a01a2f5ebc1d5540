package extraction

import (
	"fmt"
	"hash/fnv"
	"reflect"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/shapes"
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"

	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/internal/graphpanic"
	"github.com/liegg/lab/liegg/network/internal/device"
	"github.com/liegg/lab/liegg/network/internal/jacobian"
	"github.com/liegg/lab/liegg/network/internal/stream"
)

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
	mode    jacobian.Mode
}

// Trace returns the number of rows per sample for inputs of a shape, and the kind of the model. It
// builds the graph of the outputs without compiling it.
func (s Subject) Trace(backend compute.Backend, shape shapes.Shape) (m int, k modelKind, err error) {
	defer func() {
		if err != nil {
			err = fmt.Errorf("network: the model cannot be run on inputs of shape %s: %w", shape, graphpanic.Cause(err))
		}
	}()
	defer graphpanic.Catch(&err)
	g := NewGraph(backend, "outputs")
	defer g.Finalize()
	m = s.Y(s.Network.Store.RootScope(), Parameter(g, "x", shape)).Shape().Dim(1)
	digest := fnv.New64a()
	for _, node := range g.Nodes() {
		fmt.Fprintln(digest, node)
	}
	return m, modelKind{
		head: s.Head, store: s.Network.Store, backend: backend,
		input: fmt.Sprint(shape.DType, shape.Dimensions[1:]), graph: digest.Sum64(),
	}, nil
}

// Kind is all that a program depends on.
type Kind struct {
	model   modelKind
	action  action.Action
	gram    bool
	Shape   string // type and shape of a batch; "" if the program takes any
	verdict bool
	bySize  bool
	blocks  int // in a batch
	devices int
}

// Equal compares actions deeply, since some hold slices. Actions that hold functions never
// equal others.
func (k Kind) Equal(other Kind) bool {
	same := reflect.DeepEqual(k.action, other.action)
	k.action, other.action = nil, nil
	return same && k == other
}

// KindOf returns the kind of the program for inputs like the first. It returns an error if
// the model cannot run on them.
func KindOf(n Network, a action.Action, first stream.Chunk, s Settings, verdict bool) (k Kind, err error) {
	backend, err := n.On()
	if err != nil {
		return k, err
	}
	devices, err := device.Count(backend)
	if err != nil {
		return k, err
	}
	_, m, err := Subject{n, a, s.Head}.Trace(backend, first.X.Shape())
	if err != nil {
		return k, err
	}
	m.mode = s.Mode
	return Kind{model: m, action: a, gram: s.Gram, Shape: first.X.Shape().String(), verdict: verdict, bySize: s.BySize, blocks: s.Together, devices: devices}, nil
}

// KindOfValues returns the kind of the values of a network below a head, at inputs like the first.
// It returns an error if the model cannot run on them.
func KindOfValues(n Network, head Head, first stream.Chunk) (Kind, error) {
	backend, err := n.On()
	if err != nil {
		return Kind{}, err
	}
	shape := first.X.Shape()
	_, m, err := Subject{Network: n, Head: head}.Trace(backend, shape)
	return Kind{model: m, Shape: shape.String()}, err
}

// Moved returns the kind of a program that moves the inputs, too.
func (k Kind) Moved(a action.Action) Kind {
	k.action = a
	return k
}
