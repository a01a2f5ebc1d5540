package folding

import (
	"slices"

	"github.com/liegg/lab/liegg/network/onnx/internal/message"
)

// These folds join and cut tensors.

func foldConcat(node message.Message, in []*Tensor) []*Tensor {
	axis := node.Integer("axis", 0)
	first := in[0]
	if axis < 0 {
		axis += len(first.Dims)
	}
	if axis < 0 || axis >= len(first.Dims) {
		return nil
	}
	dims := slices.Clone(first.Dims)
	dims[axis] = 0
	all := &Tensor{Kind: first.Kind}
	starts := make([]int, len(in)) // of the elements in all
	var sources []int              // one for each index along the axis
	var within []int
	for i, x := range in {
		if x.Kind != first.Kind || len(x.Dims) != len(dims) {
			return nil
		}
		starts[i] = all.length()
		all.Whole, all.real = append(all.Whole, x.Whole...), append(all.real, x.real...)
		for j := range x.Dims[axis] {
			sources, within = append(sources, i), append(within, j)
		}
		dims[axis] += x.Dims[axis]
	}
	positions := make([]int, 0, SizeOf(dims))
	EachPlace(dims, func(place []int) {
		x := in[sources[place[axis]]]
		from := slices.Clone(place)
		from[axis] = within[place[axis]]
		positions = append(positions, starts[sources[place[axis]]]+position(x.Dims, from))
	})
	return []*Tensor{all.take(positions, dims)}
}

// length returns the number of elements that are stored.
func (k *Tensor) length() int { return max(len(k.Whole), len(k.real)) }

func foldSplit(node message.Message, in []*Tensor) []*Tensor {
	x, parts := in[0], node.Field("output").List().Len()
	axis := node.Integer("axis", 0)
	if axis < 0 {
		axis += len(x.Dims)
	}
	if axis < 0 || axis >= len(x.Dims) {
		return nil
	}
	var sizes []int
	if len(in) > 1 && in[1] != nil {
		sizes = in[1].Integers()
	} else {
		sizes = Evenly(x.Dims[axis], parts)
	}
	var outputs []*Tensor
	start := 0
	for _, n := range sizes {
		dims := slices.Clone(x.Dims)
		dims[axis] = n
		if n < 0 || start+n > x.Dims[axis] {
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

func foldSlice(node message.Message, in []*Tensor) []*Tensor {
	x := in[0]
	cuts, ok := CutsOf(x.Dims, in[1:])
	if !ok {
		return nil
	}
	dims := make([]int, len(cuts))
	for axis, c := range cuts {
		dims[axis] = c.Count
	}
	return []*Tensor{x.moved(dims, func(place []int) []int {
		from := make([]int, len(place))
		for axis, p := range place {
			from[axis] = cuts[axis].Start + p*cuts[axis].Step
		}
		return from
	})}
}

func foldGather(node message.Message, in []*Tensor) []*Tensor {
	x, index := in[0], in[1]
	axis := node.Integer("axis", 0)
	if axis < 0 {
		axis += len(x.Dims)
	}
	if axis < 0 || axis >= len(x.Dims) {
		return nil
	}
	n := x.Dims[axis]
	for _, i := range index.Whole {
		if i < -n || i >= n {
			return nil
		}
	}
	dims := slices.Concat(x.Dims[:axis], index.Dims, x.Dims[axis+1:])
	return []*Tensor{x.moved(dims, func(place []int) []int {
		i := index.Whole[position(index.Dims, place[axis:axis+len(index.Dims)])]
		if i < 0 {
			i += n
		}
		return slices.Concat(place[:axis], []int{i}, place[axis+len(index.Dims):])
	})}
}

// Evenly returns the sizes of n elements in parts of one size, except for the
// last.
func Evenly(n, parts int) (sizes []int) {
	each := (n + parts - 1) / parts
	for i := range parts {
		sizes = append(sizes, min(each, n-i*each))
	}
	return sizes
}
