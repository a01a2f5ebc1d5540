package onnx

import (
	"fmt"
	"slices"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	. "github.com/gomlx/gomlx/core/graph"
)

func init() {
	own["ScatterElements"] = scatterElements
	own["ScatterND"] = func(o *operation) []*Node {
		x, places := o.input(0), o.counted(1, o.input(0).Shape().Dimensions)
		return []*Node{o.scattered(x, places, o.input(2))}
	}
	own["GatherND"] = gatherND
	own["OneHot"] = oneHot
}

// fromStart returns integer indices of an axis of size n, with negative ones
// counted from the start.
func fromStart(index *Node, n int) *Node {
	return Where(LessThan(index, ZerosLike(index)), AddScalar(index, float64(n)), index)
}

// counted returns an input of indices [..., k] of the first k of the given
// axes, with negative ones counted from the start.
func (o *operation) counted(i int, dims []int) *Node {
	index := o.input(i)
	sizes := make([]int64, index.Shape().Dim(-1))
	for axis := range sizes {
		sizes[axis] = int64(dims[axis])
	}
	row := ConvertDType(Const(index.Graph(), sizes), index.DType())
	row = BroadcastToShape(ExpandLeftToRank(row, index.Rank()), index.Shape())
	return Where(LessThan(index, ZerosLike(index)), Add(index, row), index)
}

// scatterElements writes updates to the places that have the given indices
// along one axis, and the updates' own indices along the others.
func scatterElements(o *operation) []*Node {
	x, updates := o.input(0), o.input(2)
	axis := o.axis("axis", 0, x)
	places := placesAlong(fromStart(o.input(1), x.Shape().Dim(axis)), axis)
	return []*Node{o.scattered(x, places, Reshape(updates, -1))}
}

// placesAlong returns the places [elements, rank] of a tensor whose index
// along an axis is given, and along the others is the index's own.
func placesAlong(index *Node, axis int) *Node {
	parts := make([]*Node, index.Rank())
	for i := range parts {
		if parts[i] = Iota(index.Graph(), index.Shape(), i); i == axis {
			parts[i] = index
		}
		parts[i] = Reshape(parts[i], -1, 1)
	}
	return Concatenate(parts, 1)
}

// scattered writes updates to places [..., k] of the first k axes of x, or
// combines them with what is there. Of several updates to one place the last
// one is written, as in onnxruntime; ONNX does not say.
func (o *operation) scattered(x, places, updates *Node) *Node {
	switch reduction := o.node.word("reduction", "none"); reduction {
	case "add":
		return ScatterSum(x, places, updates, false, false)
	case "max":
		return ScatterMax(x, places, updates, false, false)
	case "min":
		return ScatterMin(x, places, updates, false, false)
	case "none":
	default:
		panic(fmt.Errorf("its reduction %q is not supported", reduction))
	}
	g, dims := x.Graph(), places.Shape().Dimensions
	order := IotaFull(g, shapes.Make(dtypes.Int32, dims[:len(dims)-1]...))
	for order.Rank() < updates.Rank() {
		order = InsertAxes(order, -1)
	}
	order = BroadcastToDims(order, updates.Shape().Dimensions...)
	none := Neg(Ones(g, shapes.Make(dtypes.Int32, x.Shape().Dimensions...)))
	last := ScatterMax(none, places, order, false, false) // the number of the last update to each place
	written := Equal(Gather(last, places), order)
	numbers := updates
	if x.DType() == dtypes.Bool {
		numbers = ConvertDType(updates, dtypes.Int32)
	}
	kept := Where(written, numbers, ZerosLike(numbers))
	sums := ScatterSum(Zeros(g, shapes.Make(numbers.DType(), x.Shape().Dimensions...)), places, kept, false, false)
	return Where(GreaterOrEqual(last, ZerosLike(last)), ConvertDType(sums, x.DType()), x)
}

// gatherND reads what places [..., k] address: the k axes that follow those
// of the batch, which both inputs share.
func gatherND(o *operation) []*Node {
	x, batch := o.input(0), o.node.integer("batch_dims", 0)
	places := o.counted(1, x.Shape().Dimensions[batch:])
	dims := places.Shape().Dimensions
	parts := make([]*Node, batch, batch+1)
	for axis := range parts {
		parts[axis] = Iota(x.Graph(), shapes.Make(places.DType(), slices.Concat(dims[:len(dims)-1], []int{1})...), axis)
	}
	return []*Node{Gather(x, Concatenate(append(parts, places), -1))}
}

// oneHot has the second of two values at the index, and the first elsewhere.
func oneHot(o *operation) []*Node {
	index, depth, values := o.input(0), o.integers(1)[0], o.input(2)
	axis := fromFirst(o.node.integer("axis", -1), index.Rank()+1)
	if !index.DType().IsInt() {
		index = StopGradient(ConvertDType(index, dtypes.Int64))
	}
	column := InsertAxes(fromStart(index, depth), axis)
	dims := slices.Insert(slices.Clone(index.Shape().Dimensions), axis, depth)
	along := Iota(index.Graph(), shapes.Make(column.DType(), dims...), axis)
	hit := Equal(BroadcastToDims(column, dims...), along)
	value := func(i int) *Node { return BroadcastToDims(Reshape(Slice(values, AxisElem(i))), dims...) }
	return []*Node{Where(hit, value(1), value(0))}
}
