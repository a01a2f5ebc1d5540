package action

import (
	"fmt"
	"math"
	"slices"

	"github.com/gomlx/compute/dtypes"
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/action/internal/scatter"
	"github.com/liegg/lab/liegg/dataset"
	"github.com/liegg/lab/liegg/internal/nodes"
)

// Measured is an Action that measures velocities in an inner product of its
// own, and gradients in the dual one.
type Measured interface {
	// Inner returns the inner product S of the vectors that generators act
	// on, ‖v‖² = vᵀSv; nil means Euclidean.
	Inner() *mat.SymDense

	// Norm returns the squared norm of velocities v [batch, input…] as [batch].
	Norm(v *Node) *Node

	// DualNorm returns the squared dual norm of gradients g [batch, input…] as
	// [batch].
	DualNorm(g *Node) *Node
}

// Norm returns the squared norm of velocities v [batch, input…] as [batch],
// in the action's own inner product if it has one, and otherwise in the
// Euclidean one.
func Norm(a Action, v *Node) *Node {
	if m, ok := a.(Measured); ok && m.Inner() != nil {
		return m.Norm(v)
	}
	return ReduceSum(Square(nodes.Flat(Moving(a, v))), -1)
}

// DualNorm returns the squared norm of gradients g [batch, input…] as [batch],
// dual to the action's own inner product if it has one, and otherwise
// Euclidean.
func DualNorm(a Action, g *Node) *Node {
	if m, ok := a.(Measured); ok && m.Inner() != nil {
		return m.DualNorm(g)
	}
	return ReduceSum(Square(nodes.Flat(Moving(a, g))), -1)
}

// Spanning is an Action on vectors inside the input that can tell which part
// of their space gradients and data fill.
type Spanning interface {
	// GradientMoment returns Σ_i Σ_v g_v g_vᵀ over the batch, float64, in the
	// size of a vector.
	GradientMoment(g *Node) *Node

	// DataMoment returns Σ_i w_i Σ_v x_v x_vᵀ over the batch, float64, in the
	// size of a generator; w is float64 of shape [batch].
	DataMoment(x, w *Node) *Node
}

// Inner returns S of a whitened action, nil for the Euclidean inner product.
func (v Vectors) Inner() *mat.SymDense { return v.inner }

// Whitened returns the same action with an inner product in which the given
// data have the same spread in all directions: S = M⁻¹, where M is the
// covariance of the vectors. (A second moment about 0 would take a direction
// in which data are far away for one in which they vary.) Vectors that are
// all equal, which only the linear action moves in the same way, are measured
// by their second moment about 0.
//
// Relative defects then do not depend on the units of single coordinates.
// Generators are unchanged. x has shape [N, input…]; directions that the data
// do not have are given the mean size of the others. Whitened returns an
// error if x does not fit. With directions beside points, M is the covariance
// of the points.
func (v Vectors) Whitened(x *tensors.Tensor) (Vectors, error) {
	if err := checkData(v, x); err != nil {
		return v, err
	}
	values, err := dataset.Values(x)
	if err != nil {
		return v, err
	}
	if len(values) == 0 {
		return v, fmt.Errorf("action: cannot whiten the data: there are none")
	}
	if slices.ContainsFunc(values, func(x float64) bool { return math.IsNaN(x) || math.IsInf(x, 0) }) {
		return v, fmt.Errorf("action: cannot whiten the data: they hold NaN or Inf: leave those samples out")
	}
	moment, inner, ok := v.inverseMoment(v.pointsIn(values))
	if !ok && v.affine {
		return v, fmt.Errorf("action: cannot whiten the data about their mean: their spread is zero, or too small or too large for float64: give samples that differ")
	}
	if !ok {
		return v, fmt.Errorf("action: cannot whiten the data: they are all zero, or too small or too large for float64")
	}
	v.inner, v.dual = inner, moment
	return v, nil
}

// pointsIn leaves directions out of the numbers of inputs, if there are points.
func (v Vectors) pointsIn(values []float64) []float64 {
	if v.directions == 0 || v.pointCount() == 0 {
		return values
	}
	var points []float64
	for input := range slices.Chunk(values, v.n*v.c) {
		points = append(points, input[:v.n*v.pointCount()]...)
	}
	return points
}

// checkData returns an error unless x has the shape [N, input…].
func checkData(a Action, x *tensors.Tensor) error {
	if x.Rank() < 1 {
		return fmt.Errorf("action: the data for whitening must have the shape [N, input…], got %s", x.Shape())
	}
	return a.Check(x.Shape().Dimensions[1:])
}

// inverseMoment returns M and its inverse for consecutive vectors.
func (v Vectors) inverseMoment(values []float64) (m, inverse *mat.SymDense, ok bool) {
	points := func() *mat.Dense { return mat.NewDense(len(values)/v.n, v.n, slices.Clone(values)) }
	if m, inverse, ok = scatter.Moment(points(), true); !ok && !v.affine {
		return scatter.Moment(points(), false)
	}
	return m, inverse, ok
}

// Norm returns Σ_v x_vᵀS x_v of velocities x as [batch].
func (v Vectors) Norm(x *Node) *Node { return v.squares(x, v.inner) }

// DualNorm returns Σ_v g_vᵀS⁻¹g_v as [batch].
func (v Vectors) DualNorm(g *Node) *Node { return v.squares(g, v.dual) }

// squares returns Σ_v x_vᵀQ x_v as [batch]. A nil Q is the identity.
func (v Vectors) squares(x *Node, q *mat.SymDense) *Node {
	vectors := Reshape(x, x.Shape().Dim(0), v.c, v.n)
	if q == nil {
		return ReduceSum(Square(vectors), 1, 2)
	}
	turned := Einsum("bvi,ij->bvj", vectors, nodes.Symmetric(x, q))
	return ReduceSum(Mul(turned, vectors), 1, 2)
}

// GradientMoment returns Σ_i Σ_v g_v g_vᵀ, [n, n].
func (v Vectors) GradientMoment(g *Node) *Node {
	covectors := ConvertDType(Reshape(g, g.Shape().Size()/v.n, v.n), dtypes.Float64)
	return Einsum("ri,rj->ij", covectors, covectors)
}

// DataMoment returns Σ_i w_i Σ_v x̃_v x̃_vᵀ with x̃ = x or (x, 1).
func (v Vectors) DataMoment(x, w *Node) *Node {
	moved := ConvertDType(v.homogeneous(x), dtypes.Float64)
	return Einsum("bvj,bvl->jl", Mul(moved, Reshape(w, w.Shape().Dim(0), 1, 1)), moved)
}

var _, _, _, _, _ Measured = Vectors{}, Polynomials{}, product{}, restriction{}, Equivariance{}
