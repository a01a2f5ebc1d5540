package vjp

import (
	"fmt"

	. "github.com/gomlx/gomlx/core/graph"
)

// sqrt returns v/(2√x), and 0 at x = 0. There it divides by 1, because 0/0
// would reappear in derivatives of this rule.
func sqrt(node, v *Node) []*Node {
	atZero := IsZero(node)
	safe := Where(atZero, OnesLike(node), node)
	return []*Node{Where(atZero, ZerosLike(v), Div(v, MulScalar(safe, 2)))}
}

// pow is the rule of a^b: v·b·a^(b−1) and v·log(a)·a^b. At a = 0 the first is
// set to 0 for b < 1, where it has no limit, and the second is 0, its limit
// for b > 0.
func pow(node, v *Node) []*Node {
	inputs := node.Inputs()
	a, b := BroadcastToShape(inputs[0], node.Shape()), BroadcastToShape(inputs[1], node.Shape())
	atZero, zero, one := IsZero(a), ZerosLike(a), OnesLike(a)
	var steep *Node
	if a.DType().IsComplex() {
		steep = And(atZero, LessThan(Real(b), OnesLike(Real(b))))
	} else {
		steep = And(atZero, LessThan(b, one))
	}
	slope := Mul(b, Pow(Where(steep, one, a), SubScalar(b, 1)))
	logarithm := Mul(Log(Where(atZero, one, a)), node)
	return []*Node{
		summed(Where(steep, zero, Mul(v, slope)), inputs[0]),
		summed(Where(atZero, zero, Mul(v, logarithm)), inputs[1]),
	}
}

// summed returns the cotangent of an input that was broadcast to the shape of
// v.
func summed(v, input *Node) *Node {
	if input.IsScalar() {
		return ReduceAllSum(v)
	}
	var axes []int
	for axis, n := range input.Shape().Dimensions {
		if n == 1 && v.Shape().Dim(axis) != 1 {
			axes = append(axes, axis)
		}
	}
	if len(axes) > 0 {
		v = Reshape(ReduceSum(v, axes...), input.Shape().Dimensions...)
	}
	return v
}

// abs returns v·x/|x|, and 0 at 0.
func abs(node, v *Node) []*Node {
	x := node.Inputs()[0]
	zero := ZerosLike(v)
	if x.DType().IsComplex() {
		atZero := IsZero(node)
		unit := Where(atZero, zero, Div(v, Where(atZero, OnesLike(node), node)))
		return []*Node{Complex(Mul(unit, Real(x)), Mul(unit, Imag(x)))}
	}
	none := ZerosLike(x)
	return []*Node{Where(GreaterThan(x, none), v, Where(LessThan(x, none), Neg(v), zero))}
}

func larger(node, v *Node) []*Node {
	a, b := node.Inputs()[0], node.Inputs()[1]
	return chosen(node, v, GreaterThan(a, b), LessThan(a, b))
}

func smaller(node, v *Node) []*Node {
	a, b := node.Inputs()[0], node.Inputs()[1]
	return chosen(node, v, LessThan(a, b), GreaterThan(a, b))
}

// chosen gives v to the input that was selected. If both are equal each gets
// half, unless one is a bound of the other and gets everything.
func chosen(node, v, first, second *Node) []*Node {
	a, b := node.Inputs()[0], node.Inputs()[1]
	shareOfA := .5
	switch {
	case isBound(b, a):
		shareOfA = 0
	case isBound(a, b):
		shareOfA = 1
	}
	part := func(taken, other *Node, share float64) *Node {
		return Where(taken, v, Where(other, ZerosLike(v), MulScalar(v, share)))
	}
	return []*Node{summed(part(first, second, shareOfA), a), summed(part(second, first, 1-shareOfA), b)}
}

// isBound reports whether a node is a constant, or one number for all of x.
func isBound(node, x *Node) bool {
	return constant(node, 4) && !constant(x, 4) || node.Shape().Size() == 1 && x.Shape().Size() > 1
}

// constant reports whether a node is computed from constants only, in a few
// steps.
func constant(node *Node, steps int) bool {
	if node.Type() == NodeTypeConstant {
		return true
	}
	if steps == 0 || len(node.Inputs()) == 0 {
		return false
	}
	for _, input := range node.Inputs() {
		if !constant(input, steps-1) {
			return false
		}
	}
	return true
}

// clamp is the rule of min(max(x, low), high). At a bound the bound counts as
// selected.
func clamp(node, v *Node) []*Node {
	low, x, high := node.Inputs()[0], node.Inputs()[1], node.Inputs()[2]
	wide := func(bound *Node) *Node { return BroadcastToShape(bound, x.Shape()) }
	zero := ZerosLike(v)
	below, above := LessOrEqual(x, wide(low)), GreaterOrEqual(Max(x, wide(low)), wide(high))
	return []*Node{
		summed(Where(And(below, Not(above)), v, zero), low),
		Where(Or(below, above), zero, v),
		summed(Where(above, v, zero), high),
	}
}

// complexParts is the rule of re + i·im, either of which may be broadcast.
func complexParts(node, v *Node) []*Node {
	return []*Node{summed(Real(v), node.Inputs()[0]), summed(Imag(v), node.Inputs()[1])}
}

func identity(_, v *Node) []*Node { return []*Node{v} }

// convertDType converts v back. Rounding to integers has no useful
// derivative.
func convertDType(node, v *Node) []*Node {
	from, to := node.Inputs()[0].DType(), node.DType()
	floats := from.IsFloat() || from.IsComplex()
	if floats && !to.IsFloat() && !to.IsComplex() {
		panic(noRounding(node))
	}
	if to.IsComplex() && !from.IsComplex() {
		v = Real(v)
	}
	return []*Node{ConvertDType(v, from)}
}

// noRounding is the error of a conversion to integers that a derivative would pass.
func noRounding(node *Node) error {
	return fmt.Errorf("no gradient is defined for the conversion of %s to %s: it is 0 or infinite; "+
		"wrap its argument in StopGradient if 0 is intended", node.Inputs()[0].DType(), node.DType())
}
