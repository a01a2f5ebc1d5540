package onnx

import "slices"

// These folds join and cut tensors.

func foldConcat(o *operation, in []*known) []*known {
	axis := o.node.integer("axis", 0)
	first := in[0]
	if axis < 0 {
		axis += len(first.dims)
	}
	if axis < 0 || axis >= len(first.dims) {
		return nil
	}
	dims := slices.Clone(first.dims)
	dims[axis] = 0
	all := &known{kind: first.kind}
	starts := make([]int, len(in)) // of the elements in all
	var sources []int              // one for each index along the axis
	var within []int
	for i, x := range in {
		if x.kind != first.kind || len(x.dims) != len(dims) {
			return nil
		}
		starts[i] = all.length()
		all.whole, all.real = append(all.whole, x.whole...), append(all.real, x.real...)
		for j := range x.dims[axis] {
			sources, within = append(sources, i), append(within, j)
		}
		dims[axis] += x.dims[axis]
	}
	positions := make([]int, 0, sizeOf(dims))
	eachPlace(dims, func(place []int) {
		x := in[sources[place[axis]]]
		from := slices.Clone(place)
		from[axis] = within[place[axis]]
		positions = append(positions, starts[sources[place[axis]]]+position(x.dims, from))
	})
	return []*known{all.take(positions, dims)}
}

// length returns the number of elements that are stored.
func (k *known) length() int { return max(len(k.whole), len(k.real)) }

func foldSplit(o *operation, in []*known) []*known {
	x, parts := in[0], o.node.get("output").List().Len()
	axis := o.node.integer("axis", 0)
	if axis < 0 {
		axis += len(x.dims)
	}
	if axis < 0 || axis >= len(x.dims) {
		return nil
	}
	var sizes []int
	if len(in) > 1 && in[1] != nil {
		sizes = in[1].integers()
	} else {
		sizes = evenly(x.dims[axis], parts)
	}
	var outputs []*known
	start := 0
	for _, n := range sizes {
		dims := slices.Clone(x.dims)
		dims[axis] = n
		if n < 0 || start+n > x.dims[axis] {
			return nil
		}
		outputs = append(outputs, x.moved(dims, func(place []int) []int {
			from := slices.Clone(place)
			from[axis] += start
			return from
		}))
		start += n
	}
	return outputs
}

func foldSlice(o *operation, in []*known) []*known {
	x := in[0]
	cuts, ok := cutsOf(x.dims, in[1:])
	if !ok {
		return nil
	}
	dims := make([]int, len(cuts))
	for axis, c := range cuts {
		dims[axis] = c.count
	}
	return []*known{x.moved(dims, func(place []int) []int {
		from := make([]int, len(place))
		for axis, p := range place {
			from[axis] = cuts[axis].start + p*cuts[axis].step
		}
		return from
	})}
}

func foldGather(o *operation, in []*known) []*known {
	x, index := in[0], in[1]
	axis := o.node.integer("axis", 0)
	if axis < 0 {
		axis += len(x.dims)
	}
	if axis < 0 || axis >= len(x.dims) {
		return nil
	}
	n := x.dims[axis]
	for _, i := range index.whole {
		if i < -n || i >= n {
			return nil
		}
	}
	dims := slices.Concat(x.dims[:axis], index.dims, x.dims[axis+1:])
	return []*known{x.moved(dims, func(place []int) []int {
		i := index.whole[position(index.dims, place[axis:axis+len(index.dims)])]
		if i < 0 {
			i += n
		}
		return slices.Concat(place[:axis], []int{i}, place[axis+len(index.dims):])
	})}
}
