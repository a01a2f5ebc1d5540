package onnx

import (
	"github.com/gomlx/compute/dtypes"
	. "github.com/gomlx/gomlx/core/graph"
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
	own["Mod"] = remainder
}

// cast converts numbers. Floats become integers by truncation.
func cast(o *operation) []*Node {
	x := o.input(0)
	to, ok := types[int32(o.node.integer("to", 0))]
	if !ok {
		panic(unknownType(o.node.integer("to", 0)))
	}
	floats := func(t dtypes.DType) bool { return t.IsFloat() || t.IsComplex() }
	switch {
	case to == x.DType():
	case to == dtypes.Bool:
		return []*Node{StopGradient(NotEqual(x, ZerosLike(x)))}
	case floats(x.DType()) && !floats(to):
		return []*Node{StopGradient(ConvertDType(x, to))}
	}
	return []*Node{ConvertDType(x, to)}
}

// topK returns the largest or smallest elements along an axis, and their
// indices. The derivative is that of reading the elements there.
func topK(o *operation) []*Node {
	x, k := o.input(0), o.integers(1)[0]
	axis := o.axis("axis", -1, x)
	choose := BottomK
	if o.node.integer("largest", 1) != 0 {
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
	last := o.node.integer("select_last_index", 0) != 0
	if last {
		x = Reverse(x, axis)
	}
	index := find(x, axis, dtypes.Int64)
	if last {
		index = Sub(MulScalar(OnesLike(index), float64(x.Shape().Dim(axis)-1)), index)
	}
	if o.node.integer("keepdims", 1) != 0 {
		index = InsertAxes(index, axis)
	}
	return StopGradient(index)
}

// remainder is x − k·y with a whole number k, which has the derivative 0: the
// quotient x/y rounded down, or with fmod towards 0.
func remainder(o *operation) []*Node {
	x, y := expandedTogether(o.input(0), o.input(1))
	r := Rem(x, y)
	if o.node.integer("fmod", 0) == 0 {
		zero := ZerosLike(r)
		opposite := And(NotEqual(r, zero), NotEqual(LessThan(r, zero), LessThan(y, zero)))
		r = Where(opposite, Add(r, y), r)
	}
	if !x.DType().IsFloat() {
		return []*Node{r}
	}
	r, fixed := StopGradient(r), StopGradient(y)
	k := StopGradient(Round(Div(Sub(x, r), y)))
	change := Sub(Sub(x, StopGradient(x)), Mul(k, Sub(y, fixed))) // is 0, but its derivative is not
	return []*Node{Add(r, change)}
}
