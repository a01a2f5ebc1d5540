package operators

import (
	"fmt"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	. "github.com/gomlx/gomlx/core/graph"

	"github.com/liegg/lab/liegg/network/onnx/internal/folding"
	"github.com/liegg/lab/liegg/network/onnx/internal/message"
)

// These operators are constant between jumps, so their derivative is 0 almost
// everywhere, as in PyTorch, which never passes gradients through integers.

func init() {
	for name, f := range map[string]func(x *Node) *Node{"Floor": Floor, "Ceil": Ceil, "Round": Round, "Sign": Sign} {
		own[name] = func(o *operation) []*Node {
			x := o.input(0)
			if !x.DType().IsFloat() && name != "Sign" {
				return []*Node{x}
			}
			return []*Node{StopGradient(f(x))}
		}
	}
	own["Cast"] = cast
	own["TopK"] = topK
	own["ArgMax"] = func(o *operation) []*Node { return []*Node{o.extremeIndex(ArgMax)} }
	own["ArgMin"] = func(o *operation) []*Node { return []*Node{o.extremeIndex(ArgMin)} }
	own["Hardmax"] = hardmax
	own["Mod"] = remainder
}

// cast converts numbers. Floats become integers by truncation.
func cast(o *operation) []*Node {
	to, ok := message.Types[int32(o.node.Integer("to", 0))]
	if !ok {
		panic(fmt.Errorf("the type number %d of ONNX is not supported", o.node.Integer("to", 0)))
	}
	return []*Node{castTo(o.input(0), to)}
}

func castTo(x *Node, to dtypes.DType) *Node {
	floats := func(t dtypes.DType) bool { return t.IsFloat() || t.IsComplex() }
	switch {
	case to == x.DType():
		return x
	case to == dtypes.Bool:
		return StopGradient(NotEqual(x, ZerosLike(x)))
	case floats(x.DType()) && !floats(to):
		return StopGradient(ConvertDType(x, to))
	}
	return ConvertDType(x, to)
}

// topK returns the largest or smallest elements along an axis, and their
// indices. The derivative is as if the elements were read there.
func topK(o *operation) []*Node {
	x, k := o.input(0), o.integers(1)[0]
	axis := o.axis("axis", -1, x)
	choose := BottomK
	if o.node.Integer("largest", 1) != 0 {
		choose = TopK
	}
	_, index := choose(x, k, axis)
	index = StopGradient(index)
	values := Reshape(Gather(x, placesAlong(index, axis)), index.Shape().Dimensions...)
	return []*Node{values, ConvertDType(index, dtypes.Int64)}
}

// extremeIndex returns the index of an extreme along an axis.
func (o *operation) extremeIndex(find func(x *Node, axis int, kind ...dtypes.DType) *Node) *Node {
	x := o.input(0)
	axis := o.axis("axis", 0, x)
	last := o.node.Integer("select_last_index", 0) != 0
	if last {
		x = Reverse(x, axis)
	}
	index := find(x, axis, dtypes.Int64)
	if last {
		index = Sub(MulScalar(OnesLike(index), float64(x.Shape().Dim(axis)-1)), index)
	}
	if o.node.Integer("keepdims", 1) != 0 {
		index = InsertAxes(index, axis)
	}
	return StopGradient(index)
}

// hardmax is 1 at the first of the largest elements along an axis, and 0
// elsewhere. Before operator set 13 all axes from the given one on were one.
func hardmax(o *operation) []*Node {
	x := o.input(0)
	dims := x.Shape().Dimensions
	axis := o.node.Integer("axis", -1)
	if o.file.Opset < 13 {
		axis = folding.FromFirst(o.node.Integer("axis", 1), len(dims))
		x, axis = Reshape(x, folding.SizeOf(dims[:axis]), folding.SizeOf(dims[axis:])), 1
	}
	axis = folding.FromFirst(axis, x.Rank())
	index := InsertAxes(ArgMax(x, axis, dtypes.Int32), axis)
	shape := shapes.Make(dtypes.Int32, x.Shape().Dimensions...)
	hit := Equal(Iota(x.Graph(), shape, axis), BroadcastToShape(index, shape))
	return []*Node{StopGradient(Reshape(ConvertDType(hit, x.DType()), dims...))}
}

// remainder is x − k·y with a whole number k, which has the derivative 0: the
// quotient x/y rounded down, or with fmod towards 0.
func remainder(o *operation) []*Node {
	x, y := expandedTogether(o.input(0), o.input(1))
	r := Rem(x, y)
	if o.node.Integer("fmod", 0) == 0 {
		zero := ZerosLike(r)
		opposite := And(NotEqual(r, zero), LogicalXor(LessThan(r, zero), LessThan(y, zero)))
		r = Where(opposite, Add(r, y), r)
	}
	if !x.DType().IsFloat() {
		return []*Node{r}
	}
	r, fixed := StopGradient(r), StopGradient(y)
	finite, zero := IsFinite(y), ZerosLike(y)
	k := Where(finite, StopGradient(Round(Div(Sub(x, r), y))), zero)
	step := Where(finite, Sub(y, fixed), zero)
	change := Sub(Sub(x, StopGradient(x)), Mul(k, step)) // is 0, but its derivative is not
	return []*Node{Add(r, change)}
}
