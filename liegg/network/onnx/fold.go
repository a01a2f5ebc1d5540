package onnx

import (
	"maps"
	"math"
	"slices"

	"github.com/gomlx/compute/dtypes"
)

// folds compute outputs from inputs that are known, while the graph is built.
// They return nil for what they do not support.
var folds = map[string]func(o *operation, in []*known) []*known{
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

// foldable returns the outputs of nodes that are known while the graph is
// built: they depend on constants and shapes only.
func (m *converted) foldable() map[string]bool {
	outputs := map[string]bool{}
	for _, node := range m.steps {
		if op := node.text("op_type"); op == "Shape" || op == "Size" || folds[op] != nil && m.onlyKnown(node, outputs) {
			for _, output := range node.texts("output") {
				outputs[output] = !m.unfoldable[output]
			}
		}
	}
	maps.DeleteFunc(outputs, func(_ string, ok bool) bool { return !ok })
	return outputs
}

func (m *converted) onlyKnown(node message, outputs map[string]bool) bool {
	for _, input := range node.texts("input") {
		_, constant := m.constant[input]
		if input != "" && !outputs[input] && (!constant || m.weights[input]) {
			return false
		}
	}
	return true
}

// fold computes the outputs if the inputs are known, and reports whether they
// were.
func (o *operation) fold() bool {
	op := o.node.text("op_type")
	var outputs []*known
	if op == "Shape" || op == "Size" {
		outputs = o.foldShape()
	} else if f := folds[op]; f != nil {
		in := make([]*known, o.inputs())
		for i, name := range o.node.texts("input") {
			if name == "" {
				continue
			}
			if in[i] = o.file.value(name); in[i] == nil {
				return false
			}
		}
		outputs = f(o, in)
	}
	names := o.node.texts("output")
	if len(outputs) < len(names) || slices.Contains(outputs, nil) {
		return false
	}
	for i, name := range names {
		if outputs[i].size() > mostKnown {
			return false
		}
		o.file.values[name] = outputs[i]
		o.values[name] = outputs[i].constant(o.graph)
	}
	return true
}

// foldShape returns the shape, or the number of elements, of the input.
func (o *operation) foldShape() []*known {
	s, ok := o.shapeOf(0)
	if !ok {
		return nil
	}
	if o.node.text("op_type") == "Size" {
		return []*known{newKnown(dtypes.Int64, nil, []int{s.Size()})}
	}
	return []*known{newKnown(dtypes.Int64, []int{s.Rank()}, slices.Clone(s.Dimensions))}
}

func foldCast(o *operation, in []*known) []*known {
	kind, ok := types[int32(o.node.integer("to", 0))]
	if !ok || kind.IsComplex() || kind.Size() < 4 && kind != dtypes.Bool { // these overflow
		return nil
	}
	x := in[0]
	switch {
	case kind.IsFloat():
		return []*known{newReal(kind, x.dims, slices.Clone(x.floats()))}
	case kind == dtypes.Bool:
		truth := make([]int, x.size())
		for i, v := range x.floats() {
			if v != 0 {
				truth[i] = 1
			}
		}
		return []*known{newKnown(kind, x.dims, truth)}
	case kind == dtypes.Int64 || x.kind == kind || x.kind == dtypes.Bool:
		return []*known{newKnown(kind, x.dims, x.integers())}
	}
	for _, v := range x.integers() {
		if v != int(int32(v)) {
			return nil
		}
	}
	return []*known{newKnown(kind, x.dims, x.integers())}
}

func foldConstantOfShape(o *operation, in []*known) []*known {
	value := newReal(dtypes.Float32, []int{1}, []float64{0})
	if a, ok := o.node.given("value"); ok {
		value = stored(a.child("t"))
	}
	dims := in[0].integers()
	if n, ok := product(dims); value == nil || value.size() != 1 || !ok || n > mostKnown {
		return nil
	}
	return []*known{value.take(make([]int, sizeOf(dims)), slices.Clone(dims))}
}

func foldRange(_ *operation, in []*known) []*known {
	if in[0].isFloat() {
		return nil
	}
	start, limit, step := in[0].whole[0], in[1].whole[0], in[2].whole[0]
	if step == 0 || (limit-start)/step > mostKnown {
		return nil
	}
	var values []int
	for v := start; step > 0 && v < limit || step < 0 && v > limit; v += step {
		values = append(values, v)
	}
	return []*known{newKnown(in[0].kind, []int{len(values)}, values)}
}

func foldNot(_ *operation, in []*known) []*known {
	truth := make([]int, in[0].size())
	for i, v := range in[0].whole {
		truth[i] = 1 - v
	}
	return []*known{newKnown(dtypes.Bool, in[0].dims, truth)}
}

// foldUnary applies functions of single elements; nil if there is none for
// integers.
func foldUnary(whole func(int) int, real func(float64) float64) func(o *operation, in []*known) []*known {
	return func(_ *operation, in []*known) []*known {
		x := in[0]
		if x.isFloat() {
			return []*known{newReal(x.kind, x.dims, mapped(x.real, real))}
		}
		if whole == nil {
			return nil
		}
		return []*known{newKnown(x.kind, x.dims, mapped(x.whole, whole))}
	}
}

func mapped[A, B any](values []A, f func(A) B) []B {
	results := make([]B, len(values))
	for i, v := range values {
		results[i] = f(v)
	}
	return results
}
