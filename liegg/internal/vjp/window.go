package vjp

import (
	"fmt"
	"math"
	"slices"

	"github.com/gomlx/compute"
	. "github.com/gomlx/gomlx/core/graph"
)

// window describes how a pool moves over x. Along an axis, output o covers
// the positions o·stride − low + j·dilation of x̃, which is x with spread − 1
// gaps between its entries.
type window struct {
	sizes, strides, spread, dilation []int
	paddings                         [][2]int
}

func reduceWindow(node, v *Node) []*Node {
	p := parametersOf(node)
	x := node.Inputs()[0]
	n := x.Rank()
	w := window{
		sizes: filled(p.ints("windowDimensions"), n, 1), spread: filled(p.ints("inputDilations"), n, 1),
		dilation: filled(p.ints("windowDilations"), n, 1), paddings: filled(p.pairs("paddings"), n, [2]int{}),
	}
	w.strides = filled(p.ints("strides"), n, 1)
	if len(p.ints("strides")) == 0 {
		w.strides = w.sizes // the default of the backends
	}
	switch kind := compute.ReduceOpType(p.int("reductionType")); kind {
	case compute.ReduceOpSum:
		return []*Node{w.spreadSum(x, v)}
	case compute.ReduceOpMax, compute.ReduceOpMin:
		return []*Node{w.selected(x, node, v, kind)}
	default:
		panic(fmt.Errorf("no gradient is defined for ReduceWindow of type %s", kind))
	}
}

// spreadSum returns the cotangent of a sum over windows: v with gaps of the
// strides, summed over reversed windows.
func (w window) spreadSum(x, v *Node) *Node {
	n := x.Rank()
	around, every := make([]PadAxis, n), make([]SliceAxisSpec, n)
	for i := range around {
		reach := (w.sizes[i] - 1) * w.dilation[i]
		places := (x.Shape().Dim(i)-1)*w.spread[i] + 1
		low := reach - w.paddings[i][0]
		around[i] = PadAxis{
			Start: low, Interior: w.strides[i] - 1,
			End: places + reach - low - (v.Shape().Dim(i)-1)*w.strides[i] - 1,
		}
		every[i] = AxisRange(0, places).Stride(w.spread[i])
	}
	ones := slices.Repeat([]int{1}, n)
	sums := BackendReduceWindow(padded(v, 0, around), compute.ReduceOpSum, w.sizes, ones, nil, w.dilation, slices.Repeat([][2]int{{}}, n))
	return Slice(sums, every...)
}

// selected gives v to the first entry of each window that attains the extreme
// y. It handles one axis after the other, the last one first, so that the
// first entry is first in row-major order, and a window of n×n needs only 2n
// comparisons.
func (w window) selected(x, y, v *Node, kind compute.ReduceOpType) *Node {
	steps, partial := w.byAxis(), []*Node{x}
	for _, s := range steps[:len(steps)-1] {
		partial = append(partial, BackendReduceWindow(partial[len(partial)-1], kind, s.sizes, s.strides, s.spread, s.dilation, s.paddings))
	}
	partial = append(partial, y)
	for i, s := range slices.Backward(steps) {
		v = s.selectedAlong(x.Rank()-1-i, partial[i], partial[i+1], v, kind)
	}
	return v
}

// byAxis returns a window along each single axis, from the last to the first.
func (w window) byAxis() []window {
	n := len(w.sizes)
	steps := make([]window, n)
	for i := range steps {
		axis := n - 1 - i
		s := window{filled(nil, n, 1), filled(nil, n, 1), filled(nil, n, 1), filled(nil, n, 1), filled(nil, n, [2]int{})}
		s.sizes[axis], s.strides[axis], s.spread[axis] = w.sizes[axis], w.strides[axis], w.spread[axis]
		s.dilation[axis], s.paddings[axis] = w.dilation[axis], w.paddings[axis]
		steps[i] = s
	}
	return steps
}

// selectedAlong is selected for windows along one axis.
func (w window) selectedAlong(axis int, x, y, v *Node, kind compute.ReduceOpType) *Node {
	low, high := w.paddings[axis][0], w.paddings[axis][1]
	gaps, stride, outputs := w.spread[axis]-1, w.strides[axis], y.Shape().Dim(axis)
	if w.sizes[axis] == 1 && low == 0 && high == 0 && gaps == 0 && stride == 1 {
		return v
	}
	around := make([]PadAxis, x.Rank())
	around[axis] = PadAxis{Start: low, End: high, Interior: gaps}
	worst := math.Inf(-1)
	if kind == compute.ReduceOpMin {
		worst = math.Inf(1)
	}
	wide := padded(x, worst, around)
	whole, seen := wide.Shape().Dim(axis), (outputs-1)*stride+1
	zero := ZerosLike(v)
	var sum, found *Node
	for j := range w.sizes[axis] {
		at := j * w.dilation[axis]
		hit := Equal(SliceAxis(wide, axis, AxisRange(at, at+seen).Stride(stride)), y)
		mine := hit
		if found == nil {
			found = hit
		} else {
			mine, found = And(hit, Not(found)), Or(found, hit)
		}
		around[axis] = PadAxis{Start: at, End: whole - at - seen, Interior: stride - 1}
		part := padded(Where(mine, v, zero), 0, around)
		if sum == nil {
			sum = part
		} else {
			sum = Add(sum, part)
		}
	}
	around[axis] = PadAxis{Start: -low, End: -high}
	return SliceAxis(padded(sum, 0, around), axis, AxisRangeToEnd(0).Stride(1+gaps))
}
