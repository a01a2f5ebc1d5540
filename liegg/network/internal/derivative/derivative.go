// Package derivative builds products with the Jacobian of a batch of samples, and keeps the
// metric of estimated norms consistent with the rows.
package derivative

import (
	"slices"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	. "github.com/gomlx/gomlx/core/graph"

	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/internal/nodes"
	"github.com/liegg/lab/liegg/internal/vjp"
)

// Pull returns Jᵀu for outputs y [batch, m] of x: the gradient of Σ y·u with respect to x. u has
// the shape of y, or one that broadcasts to it.
func Pull(x, y, u *Node) *Node { return vjp.Gradients(ReduceAllSum(Mul(y, u)), x)[0] }

// PullAll is Pull for several us of the shape of y. Since u ↦ Jᵀu is linear, it is its own
// derivative. PullAll pushes all us forward through it together, so that each operator is built
// only once.
func PullAll(x, y *Node, us []*Node) []*Node {
	together := mostTogether(x)
	if len(us) == 1 || together == 1 {
		return pullEach(x, y, us)
	}
	u := Identity(ZerosLike(y)) // a node of its own, since GoMLX shares scalars
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

// Gradients returns the gradients of each output of y [batch, m] with respect to x: m nodes of the
// shape of x.
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

// Push returns J·v for each of vs, which have the shape of x: for each of ys [batch, m], functions
// of x, a node [batch, m, len(vs)]. Up to mostTogether tangents are pushed together.
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

// mostTogether returns how many tangents or cotangents are processed together. Together they
// compile faster, and for small batches they also run faster. For large batches they would not fit
// into caches.
func mostTogether(x *Node) int { return max(1, min(most, numbers/max(1, x.Shape().Size()))) }

const (
	most    = 16      // largest number of tangents
	numbers = 1 << 20 // largest number of values in all tangents
)

// Batch returns the number of samples, of the given size each, whose m gradients are processed
// together.
func Batch(size, m int) int { return max(1, numbers/(max(1, size)*min(m, most))) }

// groups cuts a list into the least number of parts of at most together elements, of about the
// same size.
func groups(vs []*Node, together int) [][]*Node {
	parts := make([][]*Node, (len(vs)+together-1)/together)
	for i := range parts {
		parts[i] = vs[i*len(vs)/len(parts) : (i+1)*len(vs)/len(parts)]
	}
	return parts
}

// pushTwice is Push with reverse mode only. Since u ↦ Jᵀu is linear, its reverse derivative is J.
// One pass serves all outputs: the derivative of Σ_l J_lᵀu_l with respect to u_l is J_l.
func pushTwice(x *Node, vs, ys []*Node) []*Node {
	us := make([]*Node, len(ys))
	var paired *Node
	for i, y := range ys {
		us[i] = ZerosLike(y)
		paired = nodes.Plus(paired, ConvertDType(ReduceAllSum(Mul(y, us[i])), x.DType()))
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

// joined concatenates the parts [batch, m, …] of each output.
func joined(parts [][]*Node) []*Node {
	all := make([]*Node, len(parts))
	for i, p := range parts {
		all[i] = Concatenate(p, 2)
	}
	return all
}

// Velocities returns A_k·x for each of an action's generators, in the shape of x.
func Velocities(a action.Action, x *Node) []*Node {
	tangents := a.Tangents(x)
	vs := make([]*Node, a.Dim())
	for k := range vs {
		vs[k] = Reshape(Slice(tangents, AxisRange(), AxisElem(k)), x.Shape().Dimensions...)
	}
	return vs
}

// DualNorm returns the squared dual norm of gradients [batch, input…], [batch], in float64. In
// float32 it would overflow for gradients above 1e19.
func DualNorm(a action.Action, g *Node) *Node {
	return action.DualNorm(a, ConvertDType(g, dtypes.Float64))
}

// BySample multiplies x [batch, …] by the weights of samples, [batch]. If weights is nil, it
// returns x.
func BySample(x, weights *Node) *Node {
	if weights == nil {
		return x
	}
	column := slices.Repeat([]int{1}, x.Rank())
	column[0] = x.Shape().Dim(0)
	return Mul(x, Reshape(ConvertDType(weights, x.DType()), column...))
}

// RealSamples returns 1 for the first count samples of a batch and 0 for the others, [batch], in
// the type of like [batch].
func RealSamples(count, like *Node) *Node {
	index := Iota(count.Graph(), shapes.Make(count.DType(), like.Shape().Dim(0)), 0)
	return ConvertDType(LessThan(index, count), like.DType())
}
