package vjp_test

import (
	"math/rand/v2"
	"slices"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/dtypes"
	. "github.com/gomlx/gomlx/core/graph"
)

// operator draws a configuration of one operator: graph code, and the shapes of its
// inputs, whose values are N(0,1).
type operator func(rng *rand.Rand) (f func(xs []*Node) *Node, dims [][]int)

// operators has every operator with a rule, except for the ones in withoutTest.
var operators = map[NodeType]operator{
	NodeTypeNeg: unary(Neg), NodeTypeAbs: unary(Abs), NodeTypeExp: unary(Exp), NodeTypeSin: unary(Sin), NodeTypeCos: unary(Cos),
	NodeTypeTanh: unary(Tanh), NodeTypeErf: unary(Erf), NodeTypeLogistic: unary(Logistic), NodeTypeIdentity: unary(Identity),
	NodeTypeLog:   unary(func(x *Node) *Node { return Log(positive(x)) }),
	NodeTypeLog1p: unary(func(x *Node) *Node { return Log1p(positive(x)) }),
	NodeTypeSqrt:  unary(func(x *Node) *Node { return Sqrt(positive(x)) }),

	NodeTypeAdd: binary(Add), NodeTypeSub: binary(Sub), NodeTypeMul: binary(Mul), NodeTypeMax: binary(Max), NodeTypeMin: binary(Min),
	NodeTypeDiv: binary(func(a, b *Node) *Node { return Div(a, positive(b)) }),
	NodeTypePow: power,
	NodeTypeClamp: func(rng *rand.Rand) (func([]*Node) *Node, [][]int) {
		dims := shape(rng, 2)
		bound := [][]int{dims, nil}[rng.IntN(2)]
		return func(xs []*Node) *Node { return Clip(xs[0], SubScalar(xs[1], .5), AddScalar(xs[2], .5)) }, [][]int{dims, bound, bound}
	},
	NodeTypeWhere: func(rng *rand.Rand) (func([]*Node) *Node, [][]int) {
		dims := shape(rng, 1+rng.IntN(3))
		return func(xs []*Node) *Node { return Where(LessThan(xs[2], Sin(xs[2])), xs[0], xs[1]) }, [][]int{dims, dims, dims}
	},

	NodeTypeReal: complexUnary(func(z *Node) *Node { return Real(z) }), NodeTypeImag: complexUnary(func(z *Node) *Node { return Imag(z) }),
	NodeTypeConj: complexUnary(Conj), NodeTypeComplex: complexUnary(Square),

	NodeTypeReduceSum: reduction(ReduceSum), NodeTypeReduceMax: reduction(ReduceMax), NodeTypeReduceMin: reduction(ReduceMin),
	NodeTypeReshape: func(rng *rand.Rand) (func([]*Node) *Node, [][]int) {
		dims := shape(rng, 3)
		return func(xs []*Node) *Node { return Reshape(xs[0], dims[2], -1) }, [][]int{dims}
	},
	NodeTypeTranspose: func(rng *rand.Rand) (func([]*Node) *Node, [][]int) {
		dims := shape(rng, 1+rng.IntN(4))
		order := rng.Perm(len(dims))
		return func(xs []*Node) *Node { return TransposeAllAxes(xs[0], order...) }, [][]int{dims}
	},
	NodeTypeBroadcastInDim: broadcast,
	NodeTypeConcatenate: func(rng *rand.Rand) (func([]*Node) *Node, [][]int) {
		first := shape(rng, 3)
		axis, all := rng.IntN(3), [][]int{first}
		for range 1 + rng.IntN(3) {
			next := slices.Clone(first)
			next[axis] = 1 + rng.IntN(4)
			all = append(all, next)
		}
		return func(xs []*Node) *Node { return Concatenate(xs, axis) }, all
	},
	NodeTypeReverse: func(rng *rand.Rand) (func([]*Node) *Node, [][]int) {
		axes := rng.Perm(3)[:1+rng.IntN(3)]
		return func(xs []*Node) *Node { return Reverse(xs[0], axes...) }, [][]int{shape(rng, 3)}
	},
	NodeTypeSlice: slice,
	NodeTypePad:   padding,

	NodeTypeGather:     gather,
	NodeTypeScatterSum: scatter(ScatterSum), NodeTypeScatterMax: scatter(ScatterMax), NodeTypeScatterMin: scatter(ScatterMin),
	NodeTypeDynamicSlice: func(rng *rand.Rand) (func([]*Node) *Node, [][]int) {
		at := rng.IntN(6) // beyond the edge, too
		return func(xs []*Node) *Node {
			return DynamicSlice(xs[0], places(xs[0], at, 1), []int{2, 2})
		}, [][]int{{5, 3}}
	},
	NodeTypeDynamicUpdateSlice: func(rng *rand.Rand) (func([]*Node) *Node, [][]int) {
		at := rng.IntN(6)
		return func(xs []*Node) *Node {
			return DynamicUpdateSlice(xs[0], xs[1], places(xs[0], at, 1))
		}, [][]int{{5, 3}, {2, 2}}
	},

	NodeTypeDotGeneral: product, NodeTypeConvGeneral: convolution, NodeTypeReduceWindow: pool, NodeTypeFFT: transform,
	NodeTypeBatchNormForTraining: func(rng *rand.Rand) (func([]*Node) *Node, [][]int) {
		dims := []int{2 + rng.IntN(3), 2, 3}
		axis := rng.IntN(3)
		return func(xs []*Node) *Node {
			y, mean, variance := InternalBatchNormForTraining(xs[0], xs[1], xs[2], 1e-3, axis)
			return Concatenate([]*Node{Reshape(y, -1), mean, Square(variance)}, 0)
		}, [][]int{dims, {dims[axis]}, {dims[axis]}}
	},
	NodeTypeOptimizationBarrier: unary(OptimizationBarrier),
	NodeTypeSchedulingBarrier:   binary(func(a, b *Node) *Node { return SchedulingBarrier(a, b) }),
	NodeTypeConvertDType: unary(func(x *Node) *Node {
		return Mul(x, ConvertDType(GreaterThan(StopGradient(x), ZerosLike(x)), x.DType()))
	}),
}

// withoutTest lists operators whose rules need no test of derivatives, and why.
var withoutTest = map[NodeType]string{
	NodeTypeInvalid: "no operator", NodeTypeConstant: "has no inputs", NodeTypeParameter: "has no inputs",
	NodeTypeLogicalAnd: "no floats", NodeTypeLogicalOr: "no floats", NodeTypeLogicalXor: "no floats", NodeTypeLogicalNot: "no floats",
	NodeTypeBitwiseAnd: "no floats", NodeTypeBitwiseOr: "no floats", NodeTypeBitwiseXor: "no floats", NodeTypeBitwiseNot: "no floats",
	NodeTypeDynamicDimensionSize: "no floats come out", NodeTypeDynamicShape: "no floats come out",
	NodeTypeFusedScaledDotProductAttention: "no backend has it in float64",
}

func shape(rng *rand.Rand, rank int) []int {
	dims := make([]int, rank)
	for i := range dims {
		dims[i] = 1 + rng.IntN(4)
	}
	return dims
}

func positive(x *Node) *Node { return AddScalar(Exp(x), .1) }

func unary(f func(*Node) *Node) operator {
	return func(rng *rand.Rand) (func([]*Node) *Node, [][]int) {
		return func(xs []*Node) *Node { return f(xs[0]) }, [][]int{shape(rng, rng.IntN(4))}
	}
}

// complexUnary takes f of products of complex numbers.
func complexUnary(f func(z *Node) *Node) operator {
	return func(rng *rand.Rand) (func([]*Node) *Node, [][]int) {
		dims := shape(rng, 2)
		return func(xs []*Node) *Node {
			z := Complex(xs[0], xs[1])
			return f(Mul(z, Exp(Mul(z, z))))
		}, [][]int{dims, dims}
	}
}

// binary takes two inputs of the same shape, or one that is broadcast.
func binary(f func(a, b *Node) *Node) operator {
	return func(rng *rand.Rand) (func([]*Node) *Node, [][]int) {
		a := shape(rng, 1+rng.IntN(3))
		b := slices.Clone(a)
		for i := range b {
			if rng.IntN(3) == 0 {
				b[i] = 1
			}
		}
		if rng.IntN(4) == 0 {
			b = nil
		}
		if rng.IntN(2) == 0 {
			return func(xs []*Node) *Node { return f(xs[0], xs[1]) }, [][]int{a, b}
		}
		return func(xs []*Node) *Node { return f(xs[1], xs[0]) }, [][]int{a, b}
	}
}

// power has positive bases if exponents are inputs.
func power(rng *rand.Rand) (func([]*Node) *Node, [][]int) {
	if rng.IntN(2) == 0 {
		return binary(func(a, b *Node) *Node { return Pow(positive(a), b) })(rng)
	}
	exponent := float64(rng.IntN(5))
	return unary(func(x *Node) *Node { return Pow(x, Scalar(x.Graph(), x.DType(), exponent)) })(rng)
}

func reduction(f func(x *Node, axes ...int) *Node) operator {
	return func(rng *rand.Rand) (func([]*Node) *Node, [][]int) {
		axes := rng.Perm(3)[:rng.IntN(4)]
		return func(xs []*Node) *Node { return f(xs[0], axes...) }, [][]int{shape(rng, 3)}
	}
}

func broadcast(rng *rand.Rand) (func([]*Node) *Node, [][]int) {
	to := shape(rng, 3)
	from := slices.Clone(to)
	from[rng.IntN(3)] = 1
	if rng.IntN(2) == 0 {
		return func(xs []*Node) *Node { return BroadcastToDims(xs[0], to...) }, [][]int{from}
	}
	axis := rng.IntN(3)
	return func(xs []*Node) *Node { return ExpandAndBroadcast(xs[0], to, []int{axis}) }, [][]int{slices.Delete(slices.Clone(to), axis, axis+1)}
}

func slice(rng *rand.Rand) (func([]*Node) *Node, [][]int) {
	dims, axes := make([]int, 3), make([]SliceAxisSpec, 3)
	for i := range dims {
		dims[i] = 1 + rng.IntN(6)
		from := rng.IntN(dims[i])
		axes[i] = AxisRange(from, from+1+rng.IntN(dims[i]-from)).Stride(1 + rng.IntN(3))
	}
	return func(xs []*Node) *Node { return Slice(xs[0], axes...) }, [][]int{dims}
}

func padding(rng *rand.Rand) (func([]*Node) *Node, [][]int) {
	axes := make([]compute.PadAxis, rng.IntN(4))
	for i := range axes {
		axes[i] = compute.PadAxis{Start: rng.IntN(3), End: rng.IntN(3), Interior: rng.IntN(3)}
	}
	return func(xs []*Node) *Node { return Pad(xs[0], xs[1], axes...) }, [][]int{shape(rng, 3), nil}
}

// gather reads rows or slices, beyond the edge, too, and some of them twice.
func gather(rng *rand.Rand) (func([]*Node) *Node, [][]int) {
	dims := []int{3, 4, 2}
	index := func(g *Graph, places int) *Node {
		all := make([]int32, 3*places)
		for i := range all {
			all[i] = int32(rng.IntN(6)) - 1
		}
		return Reshape(Const(g, all), 3, places)
	}
	if n := 1 + rng.IntN(3); rng.IntN(2) == 0 {
		return func(xs []*Node) *Node { return Gather(xs[0], index(xs[0].Graph(), n)) }, [][]int{dims}
	}
	return func(xs []*Node) *Node {
		return GatherSlices(xs[0], []int{0, 1}, index(xs[0].Graph(), 2), []int{2, 1 + rng.IntN(3)}, false)
	}, [][]int{dims}
}

func scatter(f func(operand, indices, updates *Node, sorted, unique bool) *Node) operator {
	return func(rng *rand.Rand) (func([]*Node) *Node, [][]int) {
		at := [][]int32{{rng.Int32N(4)}, {rng.Int32N(4)}, {rng.Int32N(4)}}
		return func(xs []*Node) *Node { return f(xs[0], Const(xs[0].Graph(), at), xs[1], false, false) }, [][]int{{4, 2}, {3, 2}}
	}
}

func places(x *Node, at ...int) []*Node {
	nodes := make([]*Node, len(at))
	for i, v := range at {
		nodes[i] = Scalar(x.Graph(), dtypes.Int32, v)
	}
	return nodes
}
