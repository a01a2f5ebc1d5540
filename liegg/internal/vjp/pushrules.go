package vjp

import (
	"slices"

	"github.com/gomlx/compute"
	. "github.com/gomlx/gomlx/core/graph"

	"github.com/liegg/lab/liegg/internal/nodes"
)

// tangentRules push all tangents of an operator at once.
var tangentRules map[NodeType]tangentRule

func init() { // not in its declaration, since rules refer to it
	tangentRules = map[NodeType]tangentRule{
		NodeTypeIdentity: linear(func(t, _ *Node) *Node { return t }), NodeTypeNeg: linear(func(t, _ *Node) *Node { return Neg(t) }),
		NodeTypeReal: linear(func(t, _ *Node) *Node { return Real(t) }), NodeTypeImag: linear(func(t, _ *Node) *Node { return Imag(t) }),
		NodeTypeConj:         linear(func(t, _ *Node) *Node { return Conj(t) }),
		NodeTypeConvertDType: linear(func(t, node *Node) *Node { return ConvertDType(t, node.DType()) }),

		NodeTypeAdd: pushAdd, NodeTypeSub: pushSub, NodeTypeMul: pushMul, NodeTypeDiv: pushDiv, NodeTypeWhere: pushWhere,
		NodeTypeComplex: pushComplex,

		NodeTypeReshape: pushReshape, NodeTypeTranspose: pushTranspose, NodeTypeBroadcastInDim: pushBroadcast,
		NodeTypeConcatenate: pushConcatenate, NodeTypeSlice: pushSlice, NodeTypePad: pushPad, NodeTypeReverse: pushReverse,
		NodeTypeReduceSum: pushReduceSum, NodeTypeReduceMax: pushReducedExtreme, NodeTypeReduceMin: pushReducedExtreme,

		NodeTypeDotGeneral: pushDot, NodeTypeConvGeneral: pushConvolution, NodeTypeReduceWindow: pushWindow,
		NodeTypeGather: pushGather, NodeTypeScatterSum: pushScatterSum, NodeTypeFFT: pushFFT,
	}
	for _, kind := range []NodeType{
		NodeTypeAbs, NodeTypeExp, NodeTypeLog, NodeTypeLog1p, NodeTypeSin, NodeTypeCos, NodeTypeTanh, NodeTypeLogistic,
		NodeTypeErf, NodeTypeSqrt, NodeTypePow, NodeTypeMax, NodeTypeMin, NodeTypeClamp,
	} {
		tangentRules[kind] = pushByFactor
	}
}

// linear is the rule of a linear function of one input.
func linear(f func(t, node *Node) *Node) tangentRule {
	return func(_ *pusher, node *Node, ts []*Node) *Node { return f(ts[0], node) }
}

// pushByFactor multiplies tangents by the derivative of a function of single real numbers,
// which its VJP gives for a cotangent of 1.
func pushByFactor(_ *pusher, node *Node, ts []*Node) (sum *Node) {
	if node.DType().IsComplex() {
		return nil
	}
	for i, t := range ts {
		if t != nil && !node.Inputs()[i].Shape().Equal(node.Shape()) {
			return nil // the VJP of what is broadcast sums
		}
	}
	factors := VJPRegistration[node.Type()](node, []*Node{OnesLike(node)}, node.Shape())
	for i, t := range ts {
		if t != nil {
			sum = nodes.Plus(sum, Mul(t, shared(factors[i])))
		}
	}
	return sum
}

func pushAdd(p *pusher, node *Node, ts []*Node) (sum *Node) {
	for _, t := range ts {
		if t != nil {
			sum = nodes.Plus(sum, p.full(t, node))
		}
	}
	return sum
}

func pushSub(p *pusher, node *Node, ts []*Node) *Node {
	if ts[1] != nil {
		ts = []*Node{ts[0], Neg(ts[1])}
	}
	return pushAdd(p, node, ts)
}

func pushMul(p *pusher, node *Node, ts []*Node) (sum *Node) {
	for i, t := range ts {
		if t != nil {
			sum = nodes.Plus(sum, p.full(Mul(p.wide(t, node), shared(node.Inputs()[1-i])), node))
		}
	}
	return sum
}

// pushDiv is the rule of y = a/b: (ȧ − y·ḃ)/b.
func pushDiv(p *pusher, node *Node, ts []*Node) (sum *Node) {
	if ts[0] != nil {
		sum = p.full(ts[0], node)
	}
	if ts[1] != nil {
		sum = nodes.Plus(sum, Neg(Mul(p.wide(ts[1], node), shared(node))))
	}
	return Div(sum, shared(node.Inputs()[1]))
}

func pushWhere(p *pusher, node *Node, ts []*Node) *Node {
	sides := make([]*Node, 2)
	for i, t := range ts[1:] {
		if sides[i] = p.zeros(node); t != nil {
			sides[i] = p.full(t, node)
		}
	}
	return Where(BroadcastToDims(shared(node.Inputs()[0]), p.dims(node)...), sides[0], sides[1])
}

func pushComplex(p *pusher, node *Node, ts []*Node) *Node {
	zero := Real(p.zeros(node))
	parts := []*Node{zero, zero}
	for i, t := range ts {
		if t != nil {
			parts[i] = p.full(t, node)
		}
	}
	return Complex(parts[0], parts[1])
}

func pushReshape(p *pusher, node *Node, ts []*Node) *Node {
	return Reshape(ts[0], p.dims(node)...)
}

func pushTranspose(_ *pusher, node *Node, ts []*Node) *Node {
	return TransposeAllAxes(ts[0], append([]int{0}, shifted(parametersOf(node).ints("permutation"))...)...)
}

func pushBroadcast(p *pusher, node *Node, ts []*Node) *Node {
	axes := parametersOf(node).ints("broadcastAxes")
	if !slices.IsSorted(axes) {
		return nil
	}
	kept := append([]int{p.k}, slices.Repeat([]int{1}, node.Rank())...)
	for i, axis := range axes {
		kept[1+axis] = ts[0].Shape().Dim(1 + i)
	}
	return BroadcastToDims(Reshape(ts[0], kept...), p.dims(node)...)
}

func pushConcatenate(p *pusher, node *Node, ts []*Node) *Node {
	parts := slices.Clone(ts)
	for i, t := range parts {
		if t == nil {
			parts[i] = p.zeros(node.Inputs()[i])
		}
	}
	return Concatenate(parts, 1+parametersOf(node).int("axis"))
}

func pushSlice(_ *pusher, node *Node, ts []*Node) *Node {
	q := parametersOf(node)
	starts, limits := q.ints("starts"), q.ints("limits")
	strides := filled(q.ints("strides"), len(starts), 1)
	axes := []SliceAxisSpec{AxisRange()}
	for i := range starts {
		axes = append(axes, AxisRange(starts[i], limits[i]).Stride(strides[i]))
	}
	return Slice(ts[0], axes...)
}

func pushPad(p *pusher, node *Node, ts []*Node) *Node {
	if ts[0] == nil || ts[1] != nil {
		return nil
	}
	config := parametersOf(node).field("axesConfig")
	axes := make([]PadAxis, 1+node.Rank())
	for i := range config.Len() {
		axes[1+i].Start, axes[1+i].End, axes[1+i].Interior = paddingOf(config.Index(i))
	}
	return padded(ts[0], 0, axes)
}

func pushReverse(_ *pusher, node *Node, ts []*Node) *Node {
	return Reverse(ts[0], shifted(parametersOf(node).ints("axes"))...)
}

// reducedAxes are the axes of a reduction, behind the axis of the tangents.
func reducedAxes(node *Node) []int {
	axes := parametersOf(node).ints("axes")
	if len(axes) == 0 {
		axes = iota(0, node.Inputs()[0].Rank())
	}
	return shifted(axes)
}

func pushReduceSum(_ *pusher, node *Node, ts []*Node) *Node {
	if node.Inputs()[0].IsScalar() {
		return ts[0]
	}
	return ReduceSum(ts[0], reducedAxes(node)...)
}

// pushReducedExtreme takes the mean over all entries that attain the extreme.
func pushReducedExtreme(_ *pusher, node *Node, ts []*Node) *Node {
	if node.Inputs()[0].IsScalar() {
		return ts[0]
	}
	shares := reducedExtreme(node, OnesLike(node))[0]
	return ReduceSum(Mul(ts[0], shared(shares)), reducedAxes(node)...)
}

// pushFFT transforms over the last axes, so tangents are more of what stands before them.
func pushFFT(_ *pusher, node *Node, ts []*Node) *Node {
	q := parametersOf(node)
	lengths := q.ints("fftLength")
	switch compute.FFTType(q.int("fftType")) {
	case compute.FFTForward:
		return FFT(ts[0], lengths...)
	case compute.FFTInverse:
		return InverseFFT(ts[0], lengths...)
	case compute.FFTForwardReal:
		return RealFFT(ts[0], lengths...)
	case compute.FFTInverseReal:
		return InverseRealFFT(ts[0], lengths...)
	default:
		return nil
	}
}
