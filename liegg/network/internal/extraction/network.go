package extraction

import (
	"crypto/sha256"

	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"

	"github.com/liegg/lab/liegg/action"
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

	// Replay returns results of the program for a chunk that another process computed, given the
	// program's Fingerprint for a chunk. It is nil if there are none.
	Replay func(fingerprint func(stream.Chunk) ([sha256.Size]byte, error), c stream.Chunk) ([][]float64, error)
}
