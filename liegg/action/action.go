package action

import (
	"github.com/gomlx/compute/dtypes"
	. "github.com/gomlx/gomlx/core/graph"
	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/action/orbits"
	"github.com/liegg/lab/liegg/action/polynomial"
	"github.com/liegg/lab/liegg/internal/nodes"
	"github.com/liegg/lab/liegg/keep"
)

// Action tells how a candidate Lie algebra of dimension K moves an input.
//
// The four methods below suffice for an action of your own: the package
// comment shows one, and Agrees checks it. Optional methods add faster paths
// (Contractor, MetricBuilder) and finite transformations (Mover,
// Integrable).
type Action interface {
	// Dim returns K, the dimension of the candidate algebra.
	Dim() int

	// Generator returns Σ_k h_k A_k as a matrix. len(h) must be K.
	Generator(h []float64) *mat.Dense

	// Check returns an error that says why the action does not fit inputs of
	// the given shape (without the batch axis), or nil.
	Check(input []int) error

	// Tangents returns the velocities A_k·x as a [batch, K, input…] node, for
	// x of shape [batch, input…]. It is graph code and may panic.
	Tangents(x *Node) *Node
}

// Contractor is an Action that pairs covectors with its velocities without
// building the velocities. For x and g of shape [batch, input…] Contract
// returns ⟨g, A_k·x⟩ as [batch, K], the momentum map of the action.
type Contractor interface {
	Contract(x, g *Node) *Node
}

// MetricBuilder is an Action that sums TᵢᵀTᵢ over a batch without building T.
// For x of shape [batch, input…] and weights w ≥ 0 of shape [batch] in
// float64, Metric returns Σᵢ wᵢ TᵢᵀTᵢ as a float64 [K, K] node.
type MetricBuilder interface {
	Metric(x, w *Node) *Node
}

// Contract returns ⟨g, A_k·x⟩ as a [batch, K] node, by the action's own
// method if it has one. x and g have shape [batch, input…].
func Contract(a Action, x, g *Node) *Node {
	if c, ok := a.(Contractor); ok {
		return c.Contract(x, g)
	}
	return Einsum("bkp,bp->bk", flatTangents(a, x), nodes.Flat(g))
}

// Metric returns Σᵢ wᵢ TᵢᵀTᵢ as a float64 [K, K] node, by the action's own
// method if it has one. x has shape [batch, input…], w is float64 of shape
// [batch].
func Metric(a Action, x, w *Node) *Node {
	if m, ok := a.(MetricBuilder); ok {
		return m.Metric(x, w)
	}
	t := flatTangents(a, x)
	root := Reshape(ConvertDType(Sqrt(w), x.DType()), w.Shape().Dim(0), 1, 1)
	weighted := ConvertDType(Mul(t, root), dtypes.Float64)
	return Einsum("bkp,blp->kl", weighted, weighted)
}

// flatTangents returns T as [batch, K, size of an input].
func flatTangents(a Action, x *Node) *Node {
	batch := x.Shape().Dim(0)
	return Reshape(a.Tangents(x), batch, a.Dim(), x.Shape().Size()/batch)
}

// Verdicts and spectra hold the action that was asked about. These are all types of actions.
func init() {
	keep.Register(Vectors{}, Image{}, Raster{}, polynomial.Fields{}, Polynomials{}, Equivariance{}, orbits.Orbits{}, stays{},
		product{}, spanningProduct{}, restriction{}, spanningRestriction{}, together{}, blocks{})
}
