package profile

import (
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	. "github.com/gomlx/gomlx/core/graph"

	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/internal/nodes"
	"github.com/liegg/lab/liegg/network/internal/derivative"
	"github.com/liegg/lab/liegg/network/internal/function"
)

// exactEnergy is the largest number of activations for which ‖J‖²_F is computed exactly, by
// pulling back each of them, instead of from probes.
const exactEnergy = 16

// layerProbes is the number of probes at each sample. For random v with ±1 as its entries, the
// mean of ‖J·v‖² is ‖J‖²_F (Hutchinson's estimator). From p probes at each of N similar samples,
// the relative error of the sum is at most √(2/Np).
const layerProbes = 4

// probes returns random tangents of x that all layers share. It returns none if no layer needs
// them, or if the action measures gradients in an inner product of its own: then each layer has
// random cotangents.
func (l *layerScan) probes(x *Node, layers []function.Layer, random *Node) (vs []*Node, next *Node) {
	wide := false
	for _, layer := range layers {
		wide = wide || layer.H.Shape().Dim(1) > exactEnergy
	}
	if m, ok := l.action.(action.Measured); !wide || ok && m.Inner() != nil {
		return nil, random
	}
	vs = make([]*Node, layerProbes)
	for p := range vs {
		random, vs[p] = signs(random, x)
		vs[p] = action.Moving(l.action, vs[p])
	}
	return vs, random
}

// energy returns ‖J‖²_F of each sample for a layer h [batch, m], [batch], in float64. If there
// are many activations, it is an estimate from the J·v [batch, m, probes], or, if these are nil,
// from random combinations of activations.
func (l *layerScan) energy(x, h, probed, random *Node) (energy, next *Node) {
	m := h.Shape().Dim(1)
	if m > exactEnergy && probed != nil {
		squares := Square(ConvertDType(probed, dtypes.Float64))
		return DivScalar(ReduceSum(squares, 1, 2), layerProbes), random
	}
	share, us := 1., []*Node(nil)
	if m > exactEnergy {
		share = 1. / layerProbes
		for range layerProbes {
			var z *Node
			random, z = signs(random, h)
			us = append(us, z)
		}
	} else {
		for k := range m {
			axis := OneHot(Const(x.Graph(), int32(k)), m, h.DType())
			us = append(us, BroadcastToDims(Reshape(axis, 1, m), h.Shape().Dimensions...))
		}
	}
	for _, g := range derivative.PullAll(x, h, us) {
		energy = nodes.Plus(energy, derivative.DualNorm(l.action, g))
	}
	return MulScalar(energy, share), random
}

// signs draws ±1 in the shape and type of x.
func signs(random, x *Node) (next, signs *Node) {
	next, uniform := RandomUniform(random, shapes.Make(dtypes.Float32, x.Shape().Dimensions...))
	return next, Where(LessThan(uniform, Const(x.Graph(), float32(.5))), OnesLike(x), Neg(OnesLike(x)))
}

// parted cuts pushed tangents [batch, m, K + probes] into the first K and the probes, nil if there
// are none.
func parted(pushed *Node, k int) (rows, probed *Node) {
	if pushed.Shape().Dim(2) == k {
		return pushed, nil
	}
	return Slice(pushed, AxisRange(), AxisRange(), AxisRange(0, k)), Slice(pushed, AxisRange(), AxisRange(), AxisRange(k))
}
