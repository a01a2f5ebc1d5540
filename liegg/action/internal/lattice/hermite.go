package lattice

import (
	. "github.com/gomlx/gomlx/core/graph"

	"github.com/liegg/lab/liegg/internal/nodes"
)

// Images with a layout are differentiated by sixth-order differences,
//
//	I′(0) ≈ (45·(I₁ − I₋₁) − 9·(I₂ − I₋₂) + (I₃ − I₋₃))/60,
//
// because differences of second order would turn a generator by some hundredths of a degree.
// Moved images are interpolated by the piecewise cubic polynomials with these
// derivatives at the samples (Hermite), so that velocities are exactly those
// of the motion.

// sixth are the weights of I_k − I₋ₖ, k = 1, 2, 3.
var sixth = [...]float64{45. / 60, -9. / 60, 1. / 60}

// sixthOrder returns the derivative of samples along an axis per sample.
func (l Lattice) sixthOrder(samples *Node, axis int) *Node {
	var sum *Node
	for k, weight := range sixth {
		difference := Sub(l.shifted(samples, axis, k+1), l.shifted(samples, axis, -k-1))
		sum = nodes.Plus(sum, MulScalar(difference, weight))
	}
	return sum
}

// mixed returns, for every set of axes, the derivative of a view along these
// axes, stacked in a new last axis. The bits of its index, the last axis
// lowest, say which axes are in a set.
func (l Lattice) mixed(samples *Node) *Node {
	all := []*Node{samples}
	for axis := range l.Sizes {
		var next []*Node
		for _, d := range all {
			next = append(next, d, l.Derivative(d, axis, false))
		}
		all = next
	}
	return Stack(all, -1)
}

// cubic returns the contribution of one corner of each cell to the cubic
// interpolation of rows of mixed derivatives, [points, rest…, sets].
func (l Lattice) cubic(original *Node, index []*Node, first *Node, corner int) *Node {
	var place *Node
	weights := []*Node{OnesLike(index[0])}
	for axis, at := range index {
		upper := upper(corner, axis, len(index)) == 1
		below := neighbours(at)[0]
		near, s := below, Sub(at, below)
		if upper {
			near, s = AddScalar(below, 1), OneMinus(s)
		}
		folded, exists := l.fold(near, l.Sizes[axis])
		value, slope := l.hermite(s, exists, upper, near, folded, l.Sizes[axis])
		var next []*Node
		for _, w := range weights {
			next = append(next, Mul(w, value), Mul(w, slope))
		}
		weights = next
		place = l.onwards(place, folded, axis)
	}
	rows := rowsAt(original, place, first)
	// A product of matrices would do, but large ones may hang on the Go backend.
	return ReduceSum(Mul(rows, ExpandAxes(ConvertDType(Stack(weights, -1), original.DType()), 1)), -1)
}

// hermite returns the weights of the value and of the slope at a corner at
// distance s from the point. A mirror image has the opposite slope.
func (l Lattice) hermite(s, exists *Node, upper bool, near, folded *Node, size int) (value, slope *Node) {
	rest := OneMinus(s)
	value = Mul(Square(rest), OnePlus(MulScalar(s, 2)))
	slope = Mul(Square(rest), s)
	if upper {
		slope = Neg(slope)
	}
	if l.Frame == Disc || l.Frame == Reflection {
		mirrored := GreaterThan(modulo(near, 2*float64(size)), AddScalar(ZerosLike(near), float64(size)-.5))
		slope = Where(mirrored, Neg(slope), slope)
	}
	return Where(exists, value, ZerosLike(value)), Where(exists, slope, ZerosLike(slope))
}
