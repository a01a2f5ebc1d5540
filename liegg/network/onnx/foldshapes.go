package onnx

import (
	"slices"

	"github.com/gomlx/compute/dtypes"
)

// These folds move elements without changing them.

func foldReshape(_ *operation, in []*known) []*known {
	x, dims := in[0], slices.Clone(in[1].integers())
	rest, open := 1, -1
	for i, n := range dims {
		switch {
		case n == -1 && open < 0:
			open = i
			continue
		case n == 0 && i < len(x.dims):
			dims[i] = x.dims[i]
		case n < 0:
			return nil
		}
		rest *= dims[i]
	}
	if open >= 0 {
		if rest == 0 {
			return nil
		}
		dims[open] = x.size() / rest
	}
	if sizeOf(dims) != x.size() {
		return nil
	}
	return []*known{x.reshaped(dims)}
}

func foldFlatten(o *operation, in []*known) []*known {
	axis := o.node.integer("axis", 1)
	if axis < 0 {
		axis += len(in[0].dims)
	}
	if axis < 0 || axis > len(in[0].dims) {
		return nil
	}
	return []*known{in[0].reshaped([]int{sizeOf(in[0].dims[:axis]), sizeOf(in[0].dims[axis:])})}
}

// axesOf returns the axes of a node, counted from the first. They are an
// attribute, or an input in newer operator sets.
func axesOf(o *operation, in []*known, rank int) (axes []int, ok bool) {
	axes = o.node.integers("axes")
	if axes == nil && len(in) > 1 && in[1] != nil {
		axes = slices.Clone(in[1].integers())
	}
	for i, axis := range axes {
		if axis < 0 {
			axes[i] += rank
		}
		if axes[i] < 0 || axes[i] >= rank {
			return nil, false
		}
	}
	return axes, true
}

func foldSqueeze(o *operation, in []*known) []*known {
	axes, ok := axesOf(o, in, len(in[0].dims))
	if !ok {
		return nil
	}
	var dims []int
	for axis, n := range in[0].dims {
		drop := n == 1 && (axes == nil || slices.Contains(axes, axis))
		if !drop && slices.Contains(axes, axis) {
			return nil
		}
		if !drop {
			dims = append(dims, n)
		}
	}
	return []*known{in[0].reshaped(dims)}
}

func foldUnsqueeze(o *operation, in []*known) []*known {
	given := o.node.integers("axes")
	if given == nil && len(in) > 1 && in[1] != nil {
		given = in[1].integers()
	}
	rank := len(in[0].dims) + len(given)
	axes, ok := axesOf(o, in, rank)
	if !ok {
		return nil
	}
	rest := in[0].dims
	dims := make([]int, rank)
	for axis := range dims {
		switch {
		case slices.Contains(axes, axis):
			dims[axis] = 1
		case len(rest) == 0:
			return nil
		default:
			dims[axis], rest = rest[0], rest[1:]
		}
	}
	return []*known{in[0].reshaped(dims)}
}

// moved returns the elements of x whose places the function maps from those
// of a tensor with the given dimensions.
func (k *known) moved(dims []int, from func(place []int) []int) *known {
	positions := make([]int, 0, sizeOf(dims))
	eachPlace(dims, func(place []int) { positions = append(positions, position(k.dims, from(place))) })
	return k.take(positions, dims)
}

// eachPlace visits all places of a tensor in row-major order.
func eachPlace(dims []int, visit func(place []int)) {
	place := make([]int, len(dims))
	for range sizeOf(dims) {
		visit(place)
		for axis := len(dims) - 1; axis >= 0; axis-- {
			if place[axis]++; place[axis] < dims[axis] {
				break
			}
			place[axis] = 0
		}
	}
}

// position returns the position of a place in row-major order.
func position(dims, place []int) (p int) {
	for axis, n := range dims {
		p = p*n + place[axis]
	}
	return p
}

func foldTranspose(o *operation, in []*known) []*known {
	x := in[0]
	order := o.node.integers("perm")
	if order == nil {
		for axis := range x.dims {
			order = append([]int{axis}, order...)
		}
	}
	if len(order) != len(x.dims) {
		return nil
	}
	return []*known{x.moved(at(x.dims, order), func(place []int) []int {
		from := make([]int, len(place))
		for i, axis := range order {
			from[axis] = place[i]
		}
		return from
	})}
}

// broadcastDims returns the dimensions to which tensors are broadcast.
func broadcastDims(all ...[]int) (dims []int, ok bool) {
	for _, d := range all {
		for len(dims) < len(d) {
			dims = slices.Insert(dims, 0, 1)
		}
	}
	for _, d := range all {
		for i, n := range d {
			axis := len(dims) - len(d) + i
			if n != 1 && dims[axis] != 1 && n != dims[axis] {
				return nil, false
			}
			if n != 1 {
				dims[axis] = n
			}
		}
	}
	return dims, true
}

// broadcast returns the tensor broadcast to the given dimensions.
func (k *known) broadcast(dims []int) *known {
	if slices.Equal(k.dims, dims) {
		return k
	}
	return k.moved(dims, func(place []int) []int {
		from := slices.Clone(place[len(place)-len(k.dims):])
		for axis, n := range k.dims {
			if n == 1 {
				from[axis] = 0
			}
		}
		return from
	})
}

func foldExpand(_ *operation, in []*known) []*known {
	dims, ok := broadcastDims(in[0].dims, in[1].integers())
	if n, fits := product(dims); !ok || !fits || n > mostKnown {
		return nil
	}
	return []*known{in[0].broadcast(dims)}
}

func foldTile(_ *operation, in []*known) []*known {
	x, repeats := in[0], in[1].integers()
	dims := slices.Clone(x.dims)
	if len(repeats) != len(dims) {
		return nil
	}
	for axis := range dims {
		dims[axis] *= repeats[axis]
	}
	if n, ok := product(dims); !ok || n > mostKnown {
		return nil
	}
	return []*known{x.moved(dims, func(place []int) []int {
		from := make([]int, len(place))
		for axis, p := range place {
			from[axis] = p % x.dims[axis]
		}
		return from
	})}
}

func foldNonZero(_ *operation, in []*known) []*known {
	x := in[0]
	var places [][]int
	i, values := 0, x.floats()
	eachPlace(x.dims, func(place []int) {
		if values[i] != 0 {
			places = append(places, slices.Clone(place))
		}
		i++
	})
	var flat []int
	for axis := range x.dims {
		for _, p := range places {
			flat = append(flat, p[axis])
		}
	}
	return []*known{newKnown(dtypes.Int64, []int{len(x.dims), len(places)}, flat)}
}
