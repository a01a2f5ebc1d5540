package onnx

import (
	"errors"

	. "github.com/gomlx/gomlx/core/graph"
)

func init() { own["Slice"] = slice }

// cut says which elements along an axis are taken: count of them, from start
// on, with a step that may be negative.
type cut struct{ start, step, count int }

// cutsOf returns the cuts of all axes, given the inputs starts, ends, axes
// and steps of Slice. The last two may be missing.
func cutsOf(dims []int, in []*known) (cuts []cut, ok bool) {
	cuts = make([]cut, len(dims))
	for axis, n := range dims {
		cuts[axis] = cut{0, 1, n}
	}
	starts, ends := in[0].integers(), in[1].integers()
	for i, start := range starts {
		axis, step := i, 1
		if len(in) > 2 && in[2] != nil {
			axis = in[2].integers()[i]
		}
		if len(in) > 3 && in[3] != nil {
			step = in[3].integers()[i]
		}
		if axis < 0 {
			axis += len(dims)
		}
		if axis < 0 || axis >= len(dims) || step == 0 || i >= len(ends) {
			return nil, false
		}
		cuts[axis] = cutOf(dims[axis], start, ends[i], step)
	}
	return cuts, true
}

// cutOf resolves a range of Python along an axis of size n.
func cutOf(n, start, end, step int) cut {
	if start < 0 {
		start = max(start, -n-1) + n
	}
	if end < 0 {
		end = max(end, -n-1) + n
	}
	if step > 0 {
		start, end = min(max(start, 0), n), min(max(end, 0), n)
		return cut{start, step, max(0, (end-start+min(step, n+1)-1)/min(step, n+1))}
	}
	start, end = min(max(start, -1), n-1), min(max(end, -1), n-1)
	back := min(-max(step, -n-1), n+1)
	return cut{start, step, max(0, (start-end+back-1)/back)}
}

// slice takes elements forwards, and backwards from the reversed input.
func slice(o *operation) []*Node {
	x := o.input(0)
	var in []*known
	for i := 1; i < o.inputs(); i++ {
		if !o.has(i) {
			in = append(in, nil)
			continue
		}
		in = append(in, o.known(i))
	}
	cuts, ok := cutsOf(x.Shape().Dimensions, in)
	if !ok {
		panic(errors.New("its axes or steps are out of bounds"))
	}
	var reversed []int
	specs := make([]SliceAxisSpec, len(cuts))
	for axis, c := range cuts {
		n := x.Shape().Dim(axis)
		if c.count == 0 {
			panic(errors.New("it takes no elements, which is not supported"))
		}
		if c.step < 0 {
			reversed = append(reversed, axis)
			c.start, c.step = n-1-c.start, -c.step
		}
		c.step = min(c.step, n)
		specs[axis] = AxisRange(c.start, c.start+(c.count-1)*c.step+1).Stride(c.step)
	}
	if len(reversed) > 0 {
		x = Reverse(x, reversed...)
	}
	return []*Node{Slice(x, specs...)}
}
