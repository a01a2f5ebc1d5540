package onnx

import (
	"cmp"
	"math"
	"slices"

	"github.com/gomlx/compute/dtypes"
)

// These folds compute with elements.

// foldBinary broadcasts the inputs and combines their elements, one after the
// other if there are more than two.
func foldBinary(whole func(a, b int) int, real func(a, b float64) float64) func(o *operation, in []*known) []*known {
	return func(o *operation, in []*known) []*known {
		sum := in[0]
		for _, x := range in[1:] {
			dims, ok := broadcastDims(sum.dims, x.dims)
			if !ok || sum.kind != x.kind {
				return nil
			}
			a, b := sum.broadcast(dims), x.broadcast(dims)
			switch {
			case a.isFloat():
				sum = newReal(a.kind, dims, paired(a.real, b.real, real))
			case whole != nil && (a.kind == dtypes.Int64 || a.kind == dtypes.Int32):
				sum = newKnown(a.kind, dims, paired(a.whole, b.whole, whole))
			case o.node.text("op_type") == "Div" && !slices.Contains(b.whole, 0):
				sum = newKnown(a.kind, dims, paired(a.whole, b.whole, func(a, b int) int { return a / b }))
			default:
				return nil
			}
		}
		return []*known{sum}
	}
}

func paired[A, B, C any](a []A, b []B, f func(A, B) C) []C {
	values := make([]C, len(a))
	for i := range values {
		values[i] = f(a[i], b[i])
	}
	return values
}

// foldMod follows the sign of the divisor, as Python does, or with fmod the
// sign of the dividend, as C does.
func foldMod(o *operation, in []*known) []*known {
	fmod := o.node.integer("fmod", 0) != 0
	if !in[0].isFloat() && slices.Contains(in[1].whole, 0) || in[0].isFloat() && !fmod {
		return nil
	}
	return foldBinary(func(a, b int) int {
		r := a % b
		if !fmod && r != 0 && (r < 0) != (b < 0) {
			r += b
		}
		return r
	}, math.Mod)(o, in)
}

func foldCompare(holds func(order int) bool) func(o *operation, in []*known) []*known {
	return func(_ *operation, in []*known) []*known {
		dims, ok := broadcastDims(in[0].dims, in[1].dims)
		if !ok || in[0].kind != in[1].kind {
			return nil
		}
		a, b := in[0].broadcast(dims), in[1].broadcast(dims)
		if a.isFloat() && slices.ContainsFunc(slices.Concat(a.real, b.real), math.IsNaN) {
			return nil
		}
		var orders []int
		if a.isFloat() {
			orders = paired(a.real, b.real, cmp.Compare[float64])
		} else {
			orders = paired(a.whole, b.whole, cmp.Compare[int])
		}
		return []*known{truths(dims, mapped(orders, holds))}
	}
}

func truths(dims []int, values []bool) *known {
	return newKnown(dtypes.Bool, dims, mapped(values, func(v bool) int {
		if v {
			return 1
		}
		return 0
	}))
}

func foldLogical(f func(a, b bool) bool) func(o *operation, in []*known) []*known {
	return func(_ *operation, in []*known) []*known {
		dims, ok := broadcastDims(in[0].dims, in[1].dims)
		if !ok {
			return nil
		}
		a, b := in[0].broadcast(dims), in[1].broadcast(dims)
		return []*known{truths(dims, paired(a.whole, b.whole, func(a, b int) bool { return f(a != 0, b != 0) }))}
	}
}

func foldWhere(_ *operation, in []*known) []*known {
	dims, ok := broadcastDims(in[0].dims, in[1].dims, in[2].dims)
	if !ok || in[1].kind != in[2].kind {
		return nil
	}
	c, a, b := in[0].broadcast(dims), in[1].broadcast(dims), in[2].broadcast(dims)
	n := len(c.whole)
	both := &known{kind: a.kind, whole: slices.Concat(a.whole, b.whole), real: slices.Concat(a.real, b.real)}
	positions := make([]int, n)
	for i, truth := range c.whole {
		positions[i] = i
		if truth == 0 {
			positions[i] += n
		}
	}
	return []*known{both.take(positions, dims)}
}

// foldReduce combines integers along axes.
func foldReduce(f func(a, b int) int, start int) func(o *operation, in []*known) []*known {
	return func(o *operation, in []*known) []*known {
		x := in[0]
		if x.kind != dtypes.Int64 {
			return nil
		}
		axes, ok := axesOf(o, in, len(x.dims))
		if !ok {
			return nil
		}
		if len(axes) == 0 {
			for axis := range x.dims {
				axes = append(axes, axis)
			}
		}
		kept := slices.Clone(x.dims)
		var dims []int
		for axis, n := range x.dims {
			switch {
			case !slices.Contains(axes, axis):
				dims = append(dims, n)
			case o.node.integer("keepdims", 1) != 0:
				dims = append(dims, 1)
			}
			if slices.Contains(axes, axis) {
				kept[axis] = 1
			}
		}
		sums := slices.Repeat([]int{start}, sizeOf(kept))
		i := 0
		eachPlace(x.dims, func(place []int) {
			to := slices.Clone(place)
			for _, axis := range axes {
				to[axis] = 0
			}
			p := position(kept, to)
			sums[p] = f(sums[p], x.whole[i])
			i++
		})
		return []*known{newKnown(x.kind, dims, sums)}
	}
}

// foldCumSum adds up integers along an axis.
func foldCumSum(o *operation, in []*known) []*known {
	x := in[0]
	axis := in[1].integers()[0]
	if axis < 0 {
		axis += len(x.dims)
	}
	if x.isFloat() || o.node.integer("exclusive", 0) != 0 || o.node.integer("reverse", 0) != 0 || axis < 0 || axis >= len(x.dims) {
		return nil
	}
	sums, i, stride := slices.Clone(x.whole), 0, sizeOf(x.dims[axis+1:])
	eachPlace(x.dims, func(place []int) {
		if place[axis] > 0 {
			sums[i] += sums[i-stride]
		}
		i++
	})
	return []*known{newKnown(x.kind, x.dims, sums)}
}
