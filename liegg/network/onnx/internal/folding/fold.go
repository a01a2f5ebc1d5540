package folding

import (
	"math"
	"slices"

	"github.com/gomlx/compute/dtypes"

	"github.com/liegg/lab/liegg/network/onnx/internal/message"
)

// Folds compute outputs from inputs that are known, while the graph is built.
// They return nil for what they do not support.
var Folds = map[string]func(node message.Message, in []*Tensor) []*Tensor{
	"Cast":    foldCast,
	"Reshape": foldReshape, "Flatten": foldFlatten, "Squeeze": foldSqueeze, "Unsqueeze": foldUnsqueeze,
	"Transpose": foldTranspose, "Expand": foldExpand, "Tile": foldTile, "Concat": foldConcat, "Split": foldSplit,
	"Slice": foldSlice, "Gather": foldGather, "ConstantOfShape": foldConstantOfShape, "Range": foldRange,
	"Where": foldWhere, "Not": foldNot, "Neg": foldUnary(neg, func(v float64) float64 { return -v }),
	"Abs":   foldUnary(func(v int) int { return max(v, -v) }, math.Abs),
	"Floor": foldUnary(unchanged, math.Floor), "Ceil": foldUnary(unchanged, math.Ceil), "Round": foldUnary(unchanged, math.RoundToEven),
	"Sqrt": foldUnary(nil, math.Sqrt),
	"Add":  foldBinary(func(a, b int) int { return a + b }, func(a, b float64) float64 { return a + b }),
	"Sub":  foldBinary(func(a, b int) int { return a - b }, func(a, b float64) float64 { return a - b }),
	"Mul":  foldBinary(func(a, b int) int { return a * b }, func(a, b float64) float64 { return a * b }),
	"Div":  foldBinary(nil, func(a, b float64) float64 { return a / b }),
	"Min":  foldBinary(func(a, b int) int { return min(a, b) }, math.Min), "Max": foldBinary(func(a, b int) int { return max(a, b) }, math.Max),
	"Mod": foldMod, "Equal": foldCompare(func(order int) bool { return order == 0 }),
	"Less": foldCompare(func(order int) bool { return order < 0 }), "LessOrEqual": foldCompare(func(order int) bool { return order <= 0 }),
	"Greater": foldCompare(func(order int) bool { return order > 0 }), "GreaterOrEqual": foldCompare(func(order int) bool { return order >= 0 }),
	"And": foldLogical(func(a, b bool) bool { return a && b }), "Or": foldLogical(func(a, b bool) bool { return a || b }),
	"Xor":       foldLogical(func(a, b bool) bool { return a != b }),
	"ReduceSum": foldReduce(func(a, b int) int { return a + b }, 0), "ReduceProd": foldReduce(func(a, b int) int { return a * b }, 1),
	"ReduceMin": foldReduce(func(a, b int) int { return min(a, b) }, math.MaxInt), "ReduceMax": foldReduce(func(a, b int) int { return max(a, b) }, math.MinInt),
	"CumSum": foldCumSum, "NonZero": foldNonZero,
}

func unchanged(v int) int { return v }
func neg(v int) int       { return -v }

func foldCast(node message.Message, in []*Tensor) []*Tensor {
	kind, ok := message.Types[int32(node.Integer("to", 0))]
	if !ok || kind.IsComplex() || kind.Size() < 4 && kind != dtypes.Bool { // these overflow
		return nil
	}
	x := in[0]
	switch {
	case kind.IsFloat():
		return []*Tensor{newFloats(kind, x.Dims, slices.Clone(x.Floats()))}
	case kind == dtypes.Bool:
		truth := make([]int, x.Size())
		for i, v := range x.Floats() {
			if v != 0 {
				truth[i] = 1
			}
		}
		return []*Tensor{NewIntegers(kind, x.Dims, truth)}
	case kind == dtypes.Int64 || x.Kind == kind || x.Kind == dtypes.Bool:
		return []*Tensor{NewIntegers(kind, x.Dims, x.Integers())}
	}
	for _, v := range x.Integers() {
		if v != int(int32(v)) {
			return nil
		}
	}
	return []*Tensor{NewIntegers(kind, x.Dims, x.Integers())}
}

func foldConstantOfShape(node message.Message, in []*Tensor) []*Tensor {
	value := newFloats(dtypes.Float32, []int{1}, []float64{0})
	if a, ok := node.Attribute("value"); ok {
		value = Stored(a.Child("t"))
	}
	dims := in[0].Integers()
	if n, ok := message.Product(dims); value == nil || value.Size() != 1 || !ok || n > MostKnown {
		return nil
	}
	return []*Tensor{value.take(make([]int, SizeOf(dims)), slices.Clone(dims))}
}

func foldRange(_ message.Message, in []*Tensor) []*Tensor {
	if in[0].isFloat() {
		return nil
	}
	start, limit, step := in[0].Whole[0], in[1].Whole[0], in[2].Whole[0]
	if step == 0 || (limit-start)/step > MostKnown {
		return nil
	}
	var values []int
	for v := start; step > 0 && v < limit || step < 0 && v > limit; v += step {
		values = append(values, v)
	}
	return []*Tensor{NewIntegers(in[0].Kind, []int{len(values)}, values)}
}

func foldNot(_ message.Message, in []*Tensor) []*Tensor {
	truth := make([]int, in[0].Size())
	for i, v := range in[0].Whole {
		truth[i] = 1 - v
	}
	return []*Tensor{NewIntegers(dtypes.Bool, in[0].Dims, truth)}
}

// foldUnary applies functions of single elements; nil if there is none for
// integers.
func foldUnary(whole func(int) int, real func(float64) float64) func(node message.Message, in []*Tensor) []*Tensor {
	return func(_ message.Message, in []*Tensor) []*Tensor {
		x := in[0]
		if x.isFloat() {
			return []*Tensor{newFloats(x.Kind, x.Dims, Mapped(x.real, real))}
		}
		if whole == nil {
			return nil
		}
		return []*Tensor{NewIntegers(x.Kind, x.Dims, Mapped(x.Whole, whole))}
	}
}

// Mapped applies a function to each value.
func Mapped[A, B any](values []A, f func(A) B) []B {
	results := make([]B, len(values))
	for i, v := range values {
		results[i] = f(v)
	}
	return results
}
