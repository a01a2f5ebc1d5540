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

// PullAll is Pull for several us of the shape of y. u ↦ Jᵀu is linear, so it is its own
// derivative, along which all us are pushed together: an operator is built once for them.
func PullAll(x, y *Node, us []*Node) []*Node {
	together := mostTogether(x)
	if len(us) == 1 || together == 1 {
		return pullEach(x, y, us)
	}
	u := Identity(ZerosLike(y)) // of its own: GoMLX shares scalars
	linear := Pull(x, y, u)
	var all []*Node
	for _, some := range groups(us, together) {
		pulled, ok := vjp.Push([]*Node{u}, []*Node{Stack(some, 0)}, []*Node{linear})
		if !ok {
			return pullEach(x, y, us)
		}
		for i := range some {
			all = append(all, Squeeze(Slice(pulled[0], AxisElem(i)), 0))
		}
	}
	return all
}

// Gradients returns the gradients of each output of y [batch, m] by x: m nodes of the shape of x.
func Gradients(x, y *Node) []*Node {
	units := make([]*Node, y.Shape().Dim(1))
	if len(units) == 1 || mostTogether(x) == 1 {
		for k := range units {
			units[k] = vjp.Gradients(ReduceAllSum(Slice(y, AxisRange(), AxisElem(k))), x)[0]
		}
		return units
	}
	for k := range units {
		axis := OneHot(Const(x.Graph(), int32(k)), len(units), y.DType())
		units[k] = BroadcastToDims(Reshape(axis, 1, len(units)), y.Shape().Dimensions...)
	}
	return PullAll(x, y, units)
}

func pullEach(x, y *Node, us []*Node) []*Node {
	all := make([]*Node, len(us))
	for i, u := range us {
		all[i] = Pull(x, y, u)
	}
	return all
}

// Push returns J·v for each of vs, of the shape of x, and for some outputs [batch, m] of x, as
// [batch, m, len(vs)] each. Some tangents are pushed together.
func Push(x *Node, vs []*Node, ys ...*Node) []*Node {
	parts := make([][]*Node, len(ys))
	for _, some := range groups(vs, mostTogether(x)) {
		pushed, ok := vjp.Push([]*Node{x}, []*Node{Stack(some, 0)}, ys)
		if !ok {
			return pushTwice(x, vs, ys)
		}
		for i, p := range pushed {
			parts[i] = append(parts[i], TransposeAllAxes(p, 1, 2, 0))
		}
	}
	return joined(parts)
}

// mostTogether is the number of tangents or cotangents in a batch. Together they compile faster,
// and small batches also run faster. Those of large batches would not fit into caches.
func mostTogether(x *Node) int { return max(1, min(most, numbers/max(1, x.Shape().Size()))) }

const (
	most    = 16      // tangents
	numbers = 1 << 20 // of all tangents
)

// Batch is the number of samples, of so many numbers each, whose m gradients go together.
func Batch(size, m int) int { return max(1, numbers/(max(1, size)*min(m, most))) }

// groups cuts a list into as few parts of at most so many as there must be, of about the same
// size.
func groups(vs []*Node, together int) [][]*Node {
	parts := make([][]*Node, (len(vs)+together-1)/together)
	for i := range parts {
		parts[i] = vs[i*len(vs)/len(parts) : (i+1)*len(vs)/len(parts)]
	}
	return parts
}

// pushTwice is Push by reverse mode alone: u ↦ Jᵀu is linear, so its own reverse derivative is J.
// One pass serves all outputs: the derivative of Σ_l J_lᵀu_l by u_l is J_l.
func pushTwice(x *Node, vs, ys []*Node) []*Node {
	us := make([]*Node, len(ys))
	var paired *Node
	for i, y := range ys {
		us[i] = ZerosLike(y)
		paired = Plus(paired, ConvertDType(ReduceAllSum(Mul(y, us[i])), x.DType()))
	}
	pulled := vjp.Gradients(paired, x)[0]
	parts := make([][]*Node, len(ys))
	for _, v := range vs {
		for i, pushed := range vjp.Gradients(ReduceAllSum(Mul(pulled, v)), us...) {
			parts[i] = append(parts[i], ExpandAxes(pushed, 2))
		}
	}
	return joined(parts)
}

// joined concatenates parts [batch, m, …] of each output.
func joined(parts [][]*Node) []*Node {
	all := make([]*Node, len(parts))
	for i, p := range parts {
		all[i] = Concatenate(p, 2)
	}
	return all
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
