package vjp

import (
	"github.com/gomlx/compute/shapes"
	. "github.com/gomlx/gomlx/core/graph"
)

// rule returns the cotangents of a node's inputs, nil for inputs that have
// none.
type rule func(node, v *Node) []*Node

// rules replace rules of GoMLX, or fill a gap.
var rules = map[NodeType]rule{
	NodeTypeDotGeneral:  dotGeneral,
	NodeTypeConvGeneral: convGeneral,

	NodeTypeSqrt:         sqrt,
	NodeTypePow:          pow,
	NodeTypeAbs:          abs,
	NodeTypeMax:          larger,
	NodeTypeMin:          smaller,
	NodeTypeClamp:        clamp,
	NodeTypeReduceMax:    reducedExtreme,
	NodeTypeReduceMin:    reducedExtreme,
	NodeTypeComplex:      complexParts,
	NodeTypeConvertDType: convertDType,
	NodeTypeIdentity:     identity,

	NodeTypeGather:     gather,
	NodeTypeScatterSum: scatterSum,
	NodeTypeScatterMax: scatterExtreme,
	NodeTypeScatterMin: scatterExtreme,

	NodeTypePad:          pad,
	NodeTypeReverse:      reverse,
	NodeTypeReduceWindow: reduceWindow,

	NodeTypeFFT: fft,
}

// holomorphic lists the functions whose rules in GoMLX are right for real
// numbers only.
var holomorphic = []NodeType{
	NodeTypeMul, NodeTypeDiv, NodeTypePow, NodeTypeExp, NodeTypeLog, NodeTypeLog1p, NodeTypeSin, NodeTypeCos,
	NodeTypeTanh, NodeTypeLogistic, NodeTypeSqrt, NodeTypeDotGeneral, NodeTypeConvGeneral,
}

// The map is changed only here, before any graph is built.
func init() {
	for kind, r := range rules {
		VJPRegistration[kind] = func(node *Node, vs []*Node, _ shapes.Shape) []*Node { return r(node, vs[0]) }
	}
	VJPRegistration[NodeTypeBatchNormForTraining] = func(node *Node, vs []*Node, _ shapes.Shape) []*Node { return batchNorm(node, vs) }
	for _, kind := range holomorphic {
		VJPRegistration[kind] = conjugated(VJPRegistration[kind])
	}
}

// conjugated turns a rule v ↦ v·F′ into v ↦ v·F̄′ if numbers are complex.
func conjugated(r VJP) VJP {
	return func(node *Node, vs []*Node, s shapes.Shape) []*Node {
		if !node.DType().IsComplex() {
			return r(node, vs, s)
		}
		cotangents := r(node, []*Node{Conj(vs[0])}, s)
		for i, c := range cotangents {
			if c != nil {
				cotangents[i] = Conj(c)
			}
		}
		return cotangents
	}
}
