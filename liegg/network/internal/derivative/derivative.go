// Package derivative builds products with the Jacobian of a batch of samples, and keeps the
// metric of estimated norms consistent with the rows.
package derivative

import (
	"slices"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	. "github.com/gomlx/gomlx/core/graph"

	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/internal/vjp"
)

// Pull returns Jᵀu for outputs y [batch, m] of x, the gradient of Σ y·u by x. u has the shape of
// y, or one that broadcasts to it.
func Pull(x, y, u *Node) *Node { return vjp.Gradients(ReduceAllSum(Mul(y, u)), x)[0] }

// Push returns v ↦ J·v for each of some outputs of x, and for v of the shape of x. GoMLX has
// reverse mode only. But u ↦ Jᵀu is linear, so that its own reverse derivative is J. One pass
// serves all outputs: the derivative of Σ_l J_lᵀu_l by u_l is J_l.
func Push(x *Node, ys ...*Node) func(v *Node) []*Node {
	us := make([]*Node, len(ys))
	var paired *Node
	for i, y := range ys {
		us[i] = ZerosLike(y)
		paired = Plus(paired, ConvertDType(ReduceAllSum(Mul(y, us[i])), x.DType()))
	}
	pulled := vjp.Gradients(paired, x)[0]
	return func(v *Node) []*Node { return vjp.Gradients(ReduceAllSum(Mul(pulled, v)), us...) }
}

// Velocities are the A_k·x of an action's generators, each of the shape of x.
func Velocities(a action.Action, x *Node) []*Node {
	tangents := a.Tangents(x)
	vs := make([]*Node, a.Dim())
	for k := range vs {
		vs[k] = Reshape(Slice(tangents, AxisRange(), AxisElem(k)), x.Shape().Dimensions...)
	}
	return vs
}

// DualNorm is the squared dual norm of gradients [batch, input…], [batch], in float64: float32
// would overflow from gradients of 1e19 on.
func DualNorm(a action.Action, g *Node) *Node {
	return action.DualNorm(a, ConvertDType(g, dtypes.Float64))
}

// BySample multiplies what belongs to samples, [batch, …], by weights [batch]; nil stands for
// ones.
func BySample(x, weights *Node) *Node {
	if weights == nil {
		return x
	}
	column := slices.Repeat([]int{1}, x.Rank())
	column[0] = x.Shape().Dim(0)
	return Mul(x, Reshape(ConvertDType(weights, x.DType()), column...))
}

// RealSamples is 1 for the first count samples of a batch and 0 for the others, [batch], in the type
// of like [batch].
func RealSamples(count, like *Node) *Node {
	index := Iota(count.Graph(), shapes.Make(count.DType(), like.Shape().Dim(0)), 0)
	return ConvertDType(LessThan(index, count), like.DType())
}

// Plus adds a term to a sum, which is nil at first.
func Plus(sum, term *Node) *Node {
	if sum == nil {
		return term
	}
	return Add(sum, term)
}
