package extraction

import (
	"fmt"
	"hash/fnv"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/shapes"
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"

	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/internal/graphpanic"
	"github.com/liegg/lab/liegg/network/internal/activity"
	"github.com/liegg/lab/liegg/network/internal/function"
	"github.com/liegg/lab/liegg/network/internal/jacobian"
	"github.com/liegg/lab/liegg/network/internal/stream"
)

// Network is a network as rows and sums are computed from it: a function of a batch.
type Network struct {
	function.Batched
	Alone    bool      // its samples are known not to affect each other, as in an MLP or a CNN
	Given    bool      // only its gradients at some samples are known
	Programs *Programs // that were compiled for it
}

// A network is costly if inputs have costlyInput numbers or it has costlyNetwork of its own. For
// others, giving the results of one program to another takes longer than running them again.
const (
	costlyInput   = 256
	costlyNetwork = 1 << 15
)

// costly reports whether the network is costly for inputs of so many numbers.
func (n Network) costly(input int) bool {
	if n.Given {
		return false
	}
	numbers := 0
	for v := range n.Store.IterVariables() {
		numbers += v.Shape().Size()
	}
	return input >= costlyInput || numbers >= costlyNetwork
}

// Head is a function that is applied to the outputs y [batch, m] of a network, with values of
// [batch, rows]; see network.Head.
type Head interface {
	Rows(y *Node) *Node
	Given() bool // whether it is more than the identity
}

// Subject is the function that rows are computed from, a network below a head, and the action
// that moves its inputs.
type Subject struct {
	Network Network
	Action  action.Action // nil if only values are asked for
	Head    Head          // nil for the outputs as they are
}

// Y builds head(f(x)) as [batch, rows], in the units of the action's output motion.
func (s Subject) Y(scope *model.Scope, x *Node) *Node {
	y := function.Differentiable(s.Network.Outputs(scope, x))
	if s.Head != nil {
		y = s.Head.Rows(y)
	}
	if c, ok := s.Action.(action.Equivariance); ok {
		return c.Divided(y)
	}
	return y
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

// Settings says how rows and sums are computed; see network.Settings.
type Settings struct {
	Head     Head
	Mode     jacobian.Mode
	Gram     bool
	BySize   bool
	Batch    int              // samples in a block; 0 chooses
	Together int              // blocks in a chunk; 0 means 1
	Grouped  bool             // chunks hold samples that depend on each other
	Activity *activity.Record // records the outputs; nil if that is not asked for

	// Replay returns results of the program for a chunk that another process computed. It is nil
	// if there are none.
	Replay func(e *Program, c stream.Chunk) ([][]float64, error)
}
