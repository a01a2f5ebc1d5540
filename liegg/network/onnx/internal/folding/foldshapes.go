package folding

import (
	"slices"

	"github.com/gomlx/compute/dtypes"

	"github.com/liegg/lab/liegg/network/onnx/internal/message"
)

// These folds move elements without changing them.

func foldReshape(_ message.Message, in []*Tensor) []*Tensor {
	x, dims := in[0], slices.Clone(in[1].Integers())
	rest, open := 1, -1
	for i, n := range dims {
		switch {
		case n == -1 && open < 0:
			open = i
			continue
		case n == 0 && i < len(x.Dims):
			dims[i] = x.Dims[i]
		case n < 0:
			return nil
		}
		rest *= dims[i]
	}
	if open >= 0 {
		if rest == 0 {
			return nil
		}
		dims[open] = x.Size() / rest
	}
	if SizeOf(dims) != x.Size() {
		return nil
	}
	return []*Tensor{x.reshaped(dims)}
}

func foldFlatten(node message.Message, in []*Tensor) []*Tensor {
	axis := node.Integer("axis", 1)
	if axis < 0 {
		axis += len(in[0].Dims)
	}
	if axis < 0 || axis > len(in[0].Dims) {
		return nil
	}
	return []*Tensor{in[0].reshaped([]int{SizeOf(in[0].Dims[:axis]), SizeOf(in[0].Dims[axis:])})}
}

func foldSqueeze(node message.Message, in []*Tensor) []*Tensor {
	axes, ok := axesOf(node, in, len(in[0].Dims))
	if !ok {
		return nil
	}
	var dims []int
	for axis, n := range in[0].Dims {
		drop := n == 1 && (axes == nil || slices.Contains(axes, axis))
		if !drop && slices.Contains(axes, axis) {
			return nil
		}
		if !drop {
			dims = append(dims, n)
		}
	}
	return []*Tensor{in[0].reshaped(dims)}
}

func foldUnsqueeze(node message.Message, in []*Tensor) []*Tensor {
	given := node.Integers("axes")
	if given == nil && len(in) > 1 && in[1] != nil {
		given = in[1].Integers()
	}
	rank := len(in[0].Dims) + len(given)
	axes, ok := axesOf(node, in, rank)
	if !ok {
		return nil
	}
	rest := in[0].Dims
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
	return []*Tensor{in[0].reshaped(dims)}
}

// moved returns the elements of x whose places the function maps from those
// of a tensor with the given dimensions.
func (k *Tensor) moved(dims []int, from func(place []int) []int) *Tensor {
	positions := make([]int, 0, SizeOf(dims))
	EachPlace(dims, func(place []int) { positions = append(positions, position(k.Dims, from(place))) })
	return k.take(positions, dims)
}

// EachPlace visits all places of a tensor in row-major order.
func EachPlace(dims []int, visit func(place []int)) {
	place := make([]int, len(dims))
	for range SizeOf(dims) {
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

func foldTranspose(node message.Message, in []*Tensor) []*Tensor {
	x := in[0]
	order := node.Integers("perm")
	if order == nil {
		for axis := range x.Dims {
			order = append([]int{axis}, order...)
		}
	}
	if len(order) != len(x.Dims) {
		return nil
	}
	return []*Tensor{x.moved(at(x.Dims, order), func(place []int) []int {
		from := make([]int, len(place))
		for i, axis := range order {
			from[axis] = place[i]
		}
		return from
	})}
}

// BroadcastDims returns the dimensions to which tensors are broadcast.
func BroadcastDims(all ...[]int) (dims []int, ok bool) {
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
func (k *Tensor) broadcast(dims []int) *Tensor {
	if slices.Equal(k.Dims, dims) {
		return k
	}
	return k.moved(dims, func(place []int) []int {
		from := slices.Clone(place[len(place)-len(k.Dims):])
		for axis, n := range k.Dims {
			if n == 1 {
				from[axis] = 0
			}
		}
		return from
	})
}

func foldExpand(_ message.Message, in []*Tensor) []*Tensor {
	dims, ok := BroadcastDims(in[0].Dims, in[1].Integers())
	if n, fits := message.Product(dims); !ok || !fits || n > MostKnown {
		return nil
	}
	return []*Tensor{in[0].broadcast(dims)}
}

func foldTile(_ message.Message, in []*Tensor) []*Tensor {
	x, repeats := in[0], in[1].Integers()
	dims := slices.Clone(x.Dims)
	if len(repeats) != len(dims) {
		return nil
	}
	for axis := range dims {
		dims[axis] *= repeats[axis]
	}
	if n, ok := message.Product(dims); !ok || n > MostKnown {
		return nil
	}
	return []*Tensor{x.moved(dims, func(place []int) []int {
		from := make([]int, len(place))
		for axis, p := range place {
			from[axis] = p % x.Dims[axis]
		}
		return from
	})}
}

func foldNonZero(_ message.Message, in []*Tensor) []*Tensor {
	x := in[0]
	var places [][]int
	i, values := 0, x.Floats()
	EachPlace(x.Dims, func(place []int) {
		if values[i] != 0 {
			places = append(places, slices.Clone(place))
		}
		i++
	})
	var flat []int
	for axis := range x.Dims {
		for _, p := range places {
			flat = append(flat, p[axis])
		}
	}
	return []*Tensor{NewIntegers(dtypes.Int64, []int{len(x.Dims), len(places)}, flat)}
}
