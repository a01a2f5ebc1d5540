package operators

import (
	"fmt"
	"slices"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	. "github.com/gomlx/gomlx/core/graph"

	"github.com/liegg/lab/liegg/network/onnx/internal/folding"
)

func init() {
	own["ScatterElements"] = scatterElements
	own["ScatterND"] = scatterND
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
	if o.node.Word("reduction", "none") == "none" {
		o.unique(func(index *folding.Tensor) (places [][]int) {
			i, n := 0, x.Shape().Dim(axis)
			folding.EachPlace(index.Dims, func(place []int) {
				to := slices.Clone(place)
				to[axis] = (index.Whole[i]%n + n) % n
				places = append(places, to)
				i++
			})
			return places
		})
	}
	places := placesAlong(fromStart(o.input(1), x.Shape().Dim(axis)), axis)
	return []*Node{o.scattered(x, places, Reshape(updates, -1))}
}

// scatterND writes updates to places [..., k] of the first k axes.
func scatterND(o *operation) []*Node {
	x := o.input(0)
	dims := x.Shape().Dimensions
	if o.node.Word("reduction", "none") == "none" {
		o.unique(func(index *folding.Tensor) (places [][]int) {
			for row := range slices.Chunk(index.Whole, index.Dims[len(index.Dims)-1]) {
				place := slices.Clone(row)
				for axis, p := range place {
					place[axis] = (p%dims[axis] + dims[axis]) % dims[axis]
				}
				places = append(places, place)
			}
			return places
		})
	}
	return []*Node{o.scattered(x, o.counted(1, dims), o.input(2))}
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

// unique requires that no two places [..., k] are the same. ONNX does not say
// which update is written then. PyTorch's older exporter writes index_add in
// this form, and the newer one scatter_reduce by means, and both lose terms.
// Places that depend on the input are not checked.
func (o *operation) unique(places func(index *folding.Tensor) [][]int) {
	index := o.file.Value(o.node.Texts("input")[1])
	if index == nil {
		return
	}
	seen := map[string]bool{}
	for _, place := range places(index) {
		key := fmt.Sprint(place)
		if seen[key] {
			panic(fmt.Errorf("two of its updates are for the place %v, and ONNX does not say which one is written; "+
				"PyTorch's older exporter writes index_add like this, by mistake: export with the newer one, dynamo=True. "+
				"The newer one writes means of scatter_reduce like this: sum with scatter_add, and divide by the counts", place))
		}
		seen[key] = true
	}
}

// scattered writes updates to places [..., k] of the first k axes of x, or
// combines them with what is there. Of several updates to one place the last
// one is written.
func (o *operation) scattered(x, places, updates *Node) *Node {
	switch reduction := o.node.Word("reduction", "none"); reduction {
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
	x, batch := o.input(0), o.node.Integer("batch_dims", 0)
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
	axis := folding.FromFirst(o.node.Integer("axis", -1), index.Rank()+1)
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
