package operators

import (
	"fmt"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	. "github.com/gomlx/gomlx/core/graph"

	"github.com/liegg/lab/liegg/network/onnx/internal/folding"
	"github.com/liegg/lab/liegg/network/onnx/internal/message"
)

func init() {
	own["Shrink"] = shrink
	own["ThresholdedRelu"] = func(o *operation) []*Node {
		x := o.input(0)
		above := GreaterThan(x, MulScalar(OnesLike(x), o.node.Float("alpha", 1)))
		return []*Node{Where(above, x, ZerosLike(x))}
	}
	own["CastLike"] = func(o *operation) []*Node { return []*Node{castTo(o.input(0), o.input(1).DType())} }
	own["EyeLike"] = identityLike
	own["Split"] = split
	own["CumProd"] = cumulativeProduct
}

// shrink moves what is beyond ±λ towards 0, and makes the rest 0.
func shrink(o *operation) []*Node {
	x := o.input(0)
	λ, bias := MulScalar(OnesLike(x), o.node.Float("lambd", .5)), o.node.Float("bias", 0)
	return []*Node{Where(LessThan(x, Neg(λ)), AddScalar(x, bias), Where(GreaterThan(x, λ), AddScalar(x, -bias), ZerosLike(x)))}
}

// identityLike is a matrix with ones on its k-th diagonal, of the shape of another.
func identityLike(o *operation) []*Node {
	shape, ok := o.shapeOf(0)
	if !ok || shape.Rank() != 2 {
		panic(fmt.Errorf("its input is no matrix"))
	}
	kind := shape.DType
	if to := o.node.Integer("dtype", 0); to != 0 {
		kind = message.Types[int32(to)]
	}
	index := shapes.Make(dtypes.Int32, shape.Dimensions...)
	row, column := Iota(o.graph, index, 0), Iota(o.graph, index, 1)
	return []*Node{ConvertDType(Equal(AddScalar(row, o.node.Integer("k", 0)), column), kind)}
}

// split cuts an axis into parts of given sizes, or of one size except for the
// last.
func split(o *operation) []*Node {
	x, parts := o.input(0), o.node.Field("output").List().Len()
	axis := o.axis("axis", 0, x)
	n := x.Shape().Dim(axis)
	var sizes []int
	if o.has(1) {
		sizes = o.integers(1)
	} else {
		sizes = folding.Evenly(n, parts)
	}
	var outputs []*Node
	start := 0
	for _, size := range sizes {
		if size < 1 || start+size > n {
			panic(fmt.Errorf("its parts of the sizes %v do not fit an axis of size %d", sizes, n))
		}
		outputs = append(outputs, SliceAxis(x, axis, AxisRange(start, start+size)))
		start += size
	}
	return outputs
}

// cumulativeProduct multiplies all elements up to each.
func cumulativeProduct(o *operation) []*Node {
	x := o.input(0)
	axis := folding.FromFirst(o.integers(1)[0], x.Rank())
	exclusive, reverse := o.node.Integer("exclusive", 0) != 0, o.node.Integer("reverse", 0) != 0
	if reverse {
		x = Reverse(x, axis)
	}
	n := x.Shape().Dim(axis)
	before := func(x *Node, by int) *Node { // moves elements by so many places, with ones in front
		around := make([]PadAxis, x.Rank())
		around[axis] = PadAxis{Start: by}
		return Pad(cropped(x, axis, 0, by), ScalarOne(x.Graph(), x.DType()), around...)
	}
	if exclusive {
		x = before(x, 1)
	}
	for by := 1; by < n; by *= 2 {
		x = Mul(x, before(x, by))
	}
	if reverse {
		x = Reverse(x, axis)
	}
	return []*Node{x}
}
