package vjp

import (
	"fmt"
	"math"
	"slices"

	"github.com/gomlx/compute"
	. "github.com/gomlx/gomlx/core/graph"

	"github.com/liegg/lab/liegg/internal/nodes"
)

// window describes how a pool moves over x. Along an axis, output o covers
// the positions o·stride − low + j·dilation of x̃, which is x with spread − 1
// gaps between its entries.
type window struct {
	sizes, strides, spread, dilation []int
	paddings                         [][2]int
}

func windowOf(node *Node) window {
	p, n := parametersOf(node), node.Rank()
	w := window{
		sizes: filled(p.ints("windowDimensions"), n, 1), spread: filled(p.ints("inputDilations"), n, 1),
		dilation: filled(p.ints("windowDilations"), n, 1), paddings: filled(p.pairs("paddings"), n, [2]int{}),
	}
	w.strides = filled(p.ints("strides"), n, 1)
	if len(p.ints("strides")) == 0 {
		w.strides = w.sizes // the default of the backends
	}
	return w
}

func reduceWindow(node, v *Node) []*Node {
	x, w := node.Inputs()[0], windowOf(node)
	switch kind := compute.ReduceOpType(parametersOf(node).int("reductionType")); kind {
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
	for _, c := range slices.Backward(w.choices(x, y, kind)) {
		v = c.cotangent(v)
	}
	return v
}

// choices are made along one axis after the other; the last of them gives y.
func (w window) choices(x, y *Node, kind compute.ReduceOpType) (all []choice) {
	steps := w.byAxis()
	for i, s := range steps {
		z := y
		if i < len(steps)-1 {
			z = BackendReduceWindow(x, kind, s.sizes, s.strides, s.spread, s.dilation, s.paddings)
		}
		if c := s.choice(x.Rank()-1-i, x, z, kind); c.first != nil {
			all = append(all, c)
		}
		x = z
	}
	return all
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

// choice says which entry of each window along an axis is the first that attains the
// extreme: the one at place j·dilation of the window where first[j] is true.
type choice struct {
	axis, low, high, gaps, stride, dilation int
	whole, seen                             int // lengths: of the padded input, and from the first to the last start of a window
	first                                   []*Node
}

// choice has no places if all windows are single entries.
func (w window) choice(axis int, x, y *Node, kind compute.ReduceOpType) choice {
	c := choice{
		axis: axis, low: w.paddings[axis][0], high: w.paddings[axis][1], gaps: w.spread[axis] - 1,
		stride: w.strides[axis], dilation: w.dilation[axis], seen: (y.Shape().Dim(axis)-1)*w.strides[axis] + 1,
	}
	if w.sizes[axis] == 1 && c.low == 0 && c.high == 0 && c.gaps == 0 && c.stride == 1 {
		return c
	}
	worst := math.Inf(-1)
	if kind == compute.ReduceOpMin {
		worst = math.Inf(1)
	}
	wide := c.around(x, axis, worst)
	c.whole = wide.Shape().Dim(axis)
	var found *Node
	for j := range w.sizes[axis] {
		hit := Equal(c.at(wide, axis, j), y)
		mine := hit
		if found == nil {
			found = hit
		} else {
			mine, found = And(hit, Not(found)), Or(found, hit)
		}
		c.first = append(c.first, mine)
	}
	return c
}

// around pads x along an axis as the windows do.
func (c choice) around(x *Node, axis int, fill float64) *Node {
	axes := make([]PadAxis, x.Rank())
	axes[axis] = PadAxis{Start: c.low, End: c.high, Interior: c.gaps}
	return padded(x, fill, axes)
}

// at reads place j of every window along an axis of the padded input.
func (c choice) at(wide *Node, axis, j int) *Node {
	from := j * c.dilation
	return SliceAxis(wide, axis, AxisRange(from, from+c.seen).Stride(c.stride))
}

// cotangent gives v to the entries that were chosen.
func (c choice) cotangent(v *Node) (sum *Node) {
	axes, zero := make([]PadAxis, v.Rank()), ZerosLike(v)
	for j, first := range c.first {
		from := j * c.dilation
		axes[c.axis] = PadAxis{Start: from, End: c.whole - from - c.seen, Interior: c.stride - 1}
		sum = nodes.Plus(sum, padded(Where(first, v, zero), 0, axes))
	}
	axes[c.axis] = PadAxis{Start: -c.low, End: -c.high}
	return SliceAxis(padded(sum, 0, axes), c.axis, AxisRangeToEnd(0).Stride(1+c.gaps))
}

// tangent reads the tangents t, [K, …], of the entries that were chosen.
func (c choice) tangent(t *Node) (read *Node) {
	wide := c.around(t, 1+c.axis, 0)
	for j, first := range c.first {
		entry := c.at(wide, 1+c.axis, j)
		if read == nil {
			read = ZerosLike(entry)
		}
		read = Where(BroadcastToDims(shared(first), entry.Shape().Dimensions...), entry, read)
	}
	return read
}
