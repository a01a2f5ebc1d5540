package folding

// Cut says which elements along an axis are taken: count of them, from start
// on, with a step that may be negative.
type Cut struct{ Start, Step, Count int }

// CutsOf returns the cuts of all axes, given the inputs starts, ends, axes
// and steps of Slice. The last two may be missing.
func CutsOf(dims []int, in []*Tensor) (cuts []Cut, ok bool) {
	cuts = make([]Cut, len(dims))
	for axis, n := range dims {
		cuts[axis] = Cut{0, 1, n}
	}
	starts, ends := in[0].Integers(), in[1].Integers()
	for i, start := range starts {
		axis, step := i, 1
		if len(in) > 2 && in[2] != nil {
			axis = in[2].Integers()[i]
		}
		if len(in) > 3 && in[3] != nil {
			step = in[3].Integers()[i]
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
func cutOf(n, start, end, step int) Cut {
	if start < 0 {
		start = max(start, -n-1) + n
	}
	if end < 0 {
		end = max(end, -n-1) + n
	}
	if step > 0 {
		start, end = min(max(start, 0), n), min(max(end, 0), n)
		return Cut{start, step, max(0, (end-start+min(step, n+1)-1)/min(step, n+1))}
	}
	start, end = min(max(start, -1), n-1), min(max(end, -1), n-1)
	back := min(-max(step, -n-1), n+1)
	return Cut{start, step, max(0, (start-end+back-1)/back)}
}
