package vjp

import (
	"reflect"

	. "github.com/gomlx/gomlx/core/graph"
)

// pad reads the operand's positions from v. The rest belongs to the fill
// value.
func pad(node, v *Node) []*Node {
	x, fill := node.Inputs()[0], node.Inputs()[1]
	config := parametersOf(node).field("axesConfig")
	cropped, slice := make([]PadAxis, x.Rank()), make([]SliceAxisSpec, x.Rank())
	for axis, n := range x.Shape().Dimensions {
		start, end, interior := 0, 0, 0
		if axis < config.Len() {
			start, end, interior = paddingOf(config.Index(axis))
		}
		// A negative width crops, and what was cropped has no cotangent.
		cropped[axis] = PadAxis{Start: max(0, -start), End: max(0, -end)}
		first := max(0, start)
		slice[axis] = AxisRange(first, first+(n-1)*(1+interior)+1).Stride(1 + interior)
	}
	if x.Shape().Size() == 0 {
		return []*Node{ZerosLike(x), ReduceAllSum(v)}
	}
	inside := Slice(padded(v, 0, cropped), slice...)
	return []*Node{inside, ConvertDType(Sub(ReduceAllSum(v), ReduceAllSum(inside)), fill.DType())}
}

func paddingOf(axis reflect.Value) (start, end, interior int) {
	return integer(axis.FieldByName("Start")), integer(axis.FieldByName("End")), integer(axis.FieldByName("Interior"))
}

// padded pads by a number. Negative widths at the start and the end crop,
// after the padding between entries, because not all backends accept them in
// Pad.
func padded(x *Node, fill float64, axes []PadAxis) *Node {
	widths, slice := make([]PadAxis, len(axes)), make([]SliceAxisSpec, len(axes))
	pads, crops := false, false
	for i, a := range axes {
		widths[i] = PadAxis{Start: max(0, a.Start), End: max(0, a.End), Interior: a.Interior}
		n := x.Shape().Dim(i)
		whole := widths[i].Start + widths[i].End + n + max(0, n-1)*a.Interior
		slice[i] = AxisRange(max(0, -a.Start), whole-max(0, -a.End))
		pads = pads || widths[i] != PadAxis{}
		crops = crops || a.Start < 0 || a.End < 0
	}
	if pads {
		x = Pad(x, Scalar(x.Graph(), x.DType(), fill), widths...)
	}
	if crops {
		x = Slice(x, slice...)
	}
	return x
}

func reverse(node, v *Node) []*Node {
	return []*Node{Reverse(v, parametersOf(node).ints("axes")...)}
}
