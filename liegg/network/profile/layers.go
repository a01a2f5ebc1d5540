package profile

import (
	"fmt"

	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg"
	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/network"
	"github.com/liegg/lab/liegg/network/internal/function"
	"github.com/liegg/lab/liegg/network/internal/stream"
)

// Layer says how one intermediate representation h(x) ∈ Rᵐ of a network responds to an action
// on the inputs.
type Layer struct {
	// Name is the name given by network.Layer, or "output".
	Name string

	// Invariance is the spectrum of h: generators that leave h(x) unchanged, J·(A·x) = 0 with
	// J = ∂h/∂x.
	Invariance *liegg.Spectrum

	// Equivariance is the spectrum of the part of J·(A·x) that no linear representation
	// explains: generators that move h by a matrix of its own, J·(A·x) = B·h(x). For each
	// candidate A_k, B_k is the least-squares solution in closed form. It is fitted to every
	// other sample and tested on the rest, and the other way round. The residual is relative
	// to the same D as the defect of invariance,
	//
	//	ε(A)² = Σ‖J_i·(A·x_i) − B·h(x_i)‖² / Σ‖J_i‖²_F ‖A·x_i‖².
	//
	// Invariance is the case B = 0, so ε ≤ ρ apart from overfitting, and ε/ρ says how much of
	// the motion of h is not linear.
	//
	// Equivariance is nil if the fit would be meaningless or too expensive: fewer than 4·m
	// samples, m > 2048, or K·m² > 2²⁴.
	Equivariance *liegg.Spectrum

	// Step is 0 if J·(A·x) is exact. Otherwise it is the step of central differences, |ε·A·x|
	// relative to |x| on average: see Layers.
	Step float64

	action                 action.Action
	samples                int
	gram, residual, metric *mat.SymDense // of the candidates; residual may be nil

	evidence  *liegg.Evidence
	estimates []liegg.Estimate // of the smallest ρ; nil if there are too few blocks
	rule      liegg.Rule
}

// Width is m, the number of activations.
func (l Layer) Width() int { return l.Invariance.Outputs }

// Layers measures the symmetries under the action of every named layer of the network, in the
// order in which they are computed, and finally of its outputs with Settings.Head. It reads
// the inputs once. All layers share K forward passes. For layers with more than 16
// activations, ‖J‖²_F is an unbiased estimate from four random tangents at each sample, which
// they share, too: from N samples, ρ is good to a share of 1/√(8N) or better. Gram matrices are summed in
// float64, so defects below 1e-8 are rounding errors. Memory is O(liegg.Blocks·K²) for each
// layer. Settings.Mode and Gram are not used; Rule says how intervals are computed. By default
// batches are so small that the K tangents of all layers take about 256 MB on a CPU.
//
// MLP and CNN name their layers, and so do networks of package onnx, whose layers are the ends
// of blocks or the tensors of onnx.Settings.Layers. Other models name them by network.Layer. If
// the action sees its inputs through a window, so do the layers: see Network.Through.
//
// The forward passes use GoMLX's derivative of the derivative. Some operators do not have one
// (strided convolutions, max pooling, slices). Then all layers use central differences
// (h(x + εA·x) − h(x − εA·x))/2ε in float64, exact to about 1e-9, except for about one unit in a
// million whose kink (relu, maximum) lies between the two points. Models that cannot be
// computed in float64 use float32 and a larger step, and defects below about 1e-3 are
// rounding errors. Layer.Step tells which.
//
// A profile compares ρ between the layers of one network. Variances are in each layer's own
// units.
//
// Layers returns the errors of Analyze, with the name of the layer, and an error if GoMLX
// cannot differentiate an operator even once. It returns an error for an action.Equivariance,
// which says how outputs move: Layers finds that out.
func Layers(n *network.Network, a action.Action, inputs network.Inputs, s network.Settings) (Profile, error) {
	mustBeUsable(n, a, inputs, s)
	if _, ok := a.(action.Equivariance); ok {
		return nil, fmt.Errorf("profile: Layers finds out how each layer moves: pass the action on the inputs alone")
	}
	if s.Groups.Given() && !s.Groups.Independent() {
		return nil, fmt.Errorf("profile: Layers does not support groups of samples: leave out Settings.Groups, and note that its intervals assume independent samples")
	}
	if n.Times() > 1 {
		return nil, function.NoLayers(n.Times())
	}
	n = n.Through(a)
	f := function.Batched{Forward: n.Forward, Store: n.Store, Backend: n.Backend}
	p, err := stream.Peek(inputs, f.Limits())
	if err != nil {
		return nil, err
	}
	defer p.Close()
	if p.First != nil {
		if a, err = action.Centre(a, p.First); err != nil {
			return nil, err
		}
	}
	batch, block := p.BatchOfBlocks(s.Batch)
	if s.Batch == 0 && p.First != nil {
		most, err := mostSamples(f, a, s.Head, p.First.Shape())
		if err != nil {
			return nil, err
		}
		if most < batch {
			batch, block = p.BatchOfBlocks(most)
		}
	}
	var scan *layerScan
	defer func() { scan.finalize() }()
	for c, err := range stream.Reporting(f.Chunks(p.Inputs, batch, a.Dim()), s.Watch) {
		if err == nil && scan == nil {
			scan, err = newLayerScan(f, a, c, block, s)
		}
		if err != nil {
			return nil, err
		}
		if err := scan.add(c); err != nil {
			return nil, err
		}
	}
	if scan == nil {
		return nil, liegg.ErrNoSamples
	}
	return scan.profile()
}

// mustBeUsable panics with the name of an argument that cannot be used.
func mustBeUsable(n *network.Network, a action.Action, inputs network.Inputs, s network.Settings) {
	if n == nil || n.Forward == nil || n.Store == nil {
		panic("profile: n must be a network with a Forward function and a Store")
	}
	if a == nil {
		panic("profile: the action a is nil")
	}
	if _, ok := a.(action.ImageToImage); ok {
		panic("profile: pass the action on the inputs alone, without action.Onto")
	}
	if inputs == nil {
		panic("profile: inputs is nil: make a stream with network.Tensor or network.Dataset")
	}
	if s.Batch < 0 {
		panic(fmt.Sprintf("profile: Settings.Batch must not be negative, got %d", s.Batch))
	}
}
