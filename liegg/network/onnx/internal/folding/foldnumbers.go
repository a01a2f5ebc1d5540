package folding

import (
	"cmp"
	"math"
	"slices"

	"github.com/gomlx/compute/dtypes"

	"github.com/liegg/lab/liegg/network/onnx/internal/message"
)

// These folds compute with elements.

// foldBinary broadcasts the inputs and combines their elements, one after the
// other if there are more than two.
func foldBinary(whole func(a, b int) int, real func(a, b float64) float64) func(node message.Message, in []*Tensor) []*Tensor {
	return func(node message.Message, in []*Tensor) []*Tensor {
		sum := in[0]
		for _, x := range in[1:] {
			dims, ok := BroadcastDims(sum.Dims, x.Dims)
			if !ok || sum.Kind != x.Kind {
				return nil
			}
			a, b := sum.broadcast(dims), x.broadcast(dims)
			switch {
			case a.isFloat():
				sum = newFloats(a.Kind, dims, paired(a.real, b.real, real))
			case whole != nil && (a.Kind == dtypes.Int64 || a.Kind == dtypes.Int32):
				sum = NewIntegers(a.Kind, dims, paired(a.Whole, b.Whole, whole))
			case node.Text("op_type") == "Div" && !slices.Contains(b.Whole, 0):
				sum = NewIntegers(a.Kind, dims, paired(a.Whole, b.Whole, func(a, b int) int { return a / b }))
			default:
				return nil
			}
		}
		return []*Tensor{sum}
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
func foldMod(node message.Message, in []*Tensor) []*Tensor {
	fmod := node.Integer("fmod", 0) != 0
	if !in[0].isFloat() && slices.Contains(in[1].Whole, 0) || in[0].isFloat() && !fmod {
		return nil
	}
	return foldBinary(func(a, b int) int {
		r := a % b
		if !fmod && r != 0 && (r < 0) != (b < 0) {
			r += b
		}
		return r
	}, math.Mod)(node, in)
}

func foldCompare(holds func(order int) bool) func(node message.Message, in []*Tensor) []*Tensor {
	return func(_ message.Message, in []*Tensor) []*Tensor {
		dims, ok := BroadcastDims(in[0].Dims, in[1].Dims)
		if !ok || in[0].Kind != in[1].Kind {
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
			orders = paired(a.Whole, b.Whole, cmp.Compare[int])
		}
		return []*Tensor{truths(dims, Mapped(orders, holds))}
	}
}

func truths(dims []int, values []bool) *Tensor {
	return NewIntegers(dtypes.Bool, dims, Mapped(values, func(v bool) int {
		if v {
			return 1
		}
		return 0
	}))
}

func foldLogical(f func(a, b bool) bool) func(node message.Message, in []*Tensor) []*Tensor {
	return func(_ message.Message, in []*Tensor) []*Tensor {
		dims, ok := BroadcastDims(in[0].Dims, in[1].Dims)
		if !ok {
			return nil
		}
		a, b := in[0].broadcast(dims), in[1].broadcast(dims)
		return []*Tensor{truths(dims, paired(a.Whole, b.Whole, func(a, b int) bool { return f(a != 0, b != 0) }))}
	}
}

func foldWhere(_ message.Message, in []*Tensor) []*Tensor {
	dims, ok := BroadcastDims(in[0].Dims, in[1].Dims, in[2].Dims)
	if !ok || in[1].Kind != in[2].Kind {
		return nil
	}
	c, a, b := in[0].broadcast(dims), in[1].broadcast(dims), in[2].broadcast(dims)
	n := len(c.Whole)
	both := &Tensor{Kind: a.Kind, Whole: slices.Concat(a.Whole, b.Whole), real: slices.Concat(a.real, b.real)}
	positions := make([]int, n)
	for i, truth := range c.Whole {
		positions[i] = i
		if truth == 0 {
			positions[i] += n
		}
	}
	return []*Tensor{both.take(positions, dims)}
}

// foldReduce combines integers along axes.
func foldReduce(f func(a, b int) int, start int) func(node message.Message, in []*Tensor) []*Tensor {
	return func(node message.Message, in []*Tensor) []*Tensor {
		x := in[0]
		if x.Kind != dtypes.Int64 {
			return nil
		}
		axes, ok := axesOf(node, in, len(x.Dims))
		if !ok {
			return nil
		}
		if len(axes) == 0 {
			for axis := range x.Dims {
				axes = append(axes, axis)
			}
		}
		kept := slices.Clone(x.Dims)
		var dims []int
		for axis, n := range x.Dims {
			switch {
			case !slices.Contains(axes, axis):
				dims = append(dims, n)
			case node.Integer("keepdims", 1) != 0:
				dims = append(dims, 1)
			}
			if slices.Contains(axes, axis) {
				kept[axis] = 1
			}
		}
		sums := slices.Repeat([]int{start}, SizeOf(kept))
		i := 0
		EachPlace(x.Dims, func(place []int) {
			to := slices.Clone(place)
			for _, axis := range axes {
				to[axis] = 0
			}
			p := position(kept, to)
			sums[p] = f(sums[p], x.Whole[i])
			i++
		})
		return []*Tensor{NewIntegers(x.Kind, dims, sums)}
	}
}

// foldCumSum adds up integers along an axis.
func foldCumSum(node message.Message, in []*Tensor) []*Tensor {
	x := in[0]
	axis := in[1].Integers()[0]
	if axis < 0 {
		axis += len(x.Dims)
	}
	if x.isFloat() || node.Integer("exclusive", 0) != 0 || node.Integer("reverse", 0) != 0 || axis < 0 || axis >= len(x.Dims) {
		return nil
	}
	sums, i, stride := slices.Clone(x.Whole), 0, SizeOf(x.Dims[axis+1:])
	EachPlace(x.Dims, func(place []int) {
		if place[axis] > 0 {
			sums[i] += sums[i-stride]
		}
		i++
	})
	return []*Tensor{NewIntegers(x.Kind, x.Dims, sums)}
}
