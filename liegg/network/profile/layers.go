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

// Layer is how one intermediate representation h(x) ∈ Rᵐ of a network
// answers to an action on its inputs.
type Layer struct {
	// Name is that which Layer gave, or "output".
	Name string

	// Invariance is the spectrum of h: generators under which h(x) stays as it is,
	// J·(A·x) = 0 with J = ∂h/∂x.
	Invariance *liegg.Spectrum

	// Equivariance is the spectrum of what is left of J·(A·x) when the best linear
	// representation is taken off it: generators under which h moves by a matrix
	// of its own, J·(A·x) = B·h(x). For each candidate A_k the matrix B_k is the
	// least-squares one, in closed form; it is fitted to every other sample and
	// tested on the rest, and the other way round. The residual is measured
	// against the same D as the defect of invariance,
	//
	//	ε(A)² = Σ‖J_i·(A·x_i) − B·h(x_i)‖² / Σ‖J_i‖²_F ‖A·x_i‖²,
	//
	// so invariance is the case B = 0, and ε/ρ says how much of the motion of h is
	// not linear. (Overfitting apart, ε ≤ ρ.)
	//
	// It is nil where the fit would say nothing or cost too much: fewer samples
	// than 4·m, m > 2048, or K·m² > 2²⁴.
	Equivariance *liegg.Spectrum

	// Step is 0 where J·(A·x) was taken exactly. Where GoMLX cannot, it is that of
	// central differences, |ε·A·x| relative to |x| on average: see Layers.
	Step float64

	action                 action.Action
	samples                int
	gram, residual, metric *mat.SymDense // of the candidates; residual may be nil

	evidence  *liegg.Evidence
	estimates []liegg.Estimate // of the smallest ρ; nil where blocks are too few
	rule      liegg.Rule
}

// Width is m, the number of activations.
func (l Layer) Width() int { return l.Invariance.Outputs }

// Layers asks every named layer of the network, in the order in which they are
// computed, and last its outputs with Settings.Head, for their symmetries under
// the action: one pass over the inputs. All layers share each of K passes forward,
// and ‖J‖²_F of layers with more than 16 activations is an unbiased estimate from
// random probes. Gram matrices are summed in float64, so defects below 1e-8 are
// rounding. Memory is O(liegg.Blocks·K²) for each layer. Settings.Mode and Gram are
// not used; Rule says how intervals are taken.
//
// GoMLX's derivative of the derivative makes the passes forward. Where a model has
// operators without one (strided convolutions, windows of a maximum, slices), all
// layers get central differences (h(x + εA·x) − h(x − εA·x))/2ε instead, in float64:
// exact to about 1e-9, but for units whose kink (relu, maximum) lies between the
// ends, one in a million or so. Models that cannot be computed in float64 get them in
// float32 with a larger step: there defects below about 1e-3 are rounding.
// Layer.Step tells.
//
// A profile compares ρ between layers of one network; variances are in each
// layer's own units.
//
// Errors: those of Analyze, with the layer's name; operators that GoMLX cannot
// differentiate once; an action.Equivariance, which says how outputs are to move,
// while here that is what is asked.
func Layers(n *network.Network, a action.Action, inputs network.Inputs, s network.Settings) (Profile, error) {
	mustBeUsable(n, a, inputs, s)
	if _, ok := a.(action.Equivariance); ok {
		return nil, fmt.Errorf("profile: Layers finds out how each layer moves: give it the action on the inputs alone")
	}
	if s.Groups.Given() && !s.Groups.Independent() {
		return nil, fmt.Errorf("profile: Layers does not keep groups of samples apart: leave Settings.Groups out, and mind that its intervals hold for independent samples")
	}
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

// mustBeUsable panics with the name of the argument that cannot be used.
func mustBeUsable(n *network.Network, a action.Action, inputs network.Inputs, s network.Settings) {
	if n == nil || n.Forward == nil || n.Store == nil {
		panic("profile: n must be a network with a Forward function and a Store")
	}
	if a == nil {
		panic("profile: the action a is nil")
	}
	if inputs == nil {
		panic("profile: inputs is nil: make a stream with network.Tensor or network.Dataset")
	}
	if s.Batch < 0 {
		panic(fmt.Sprintf("profile: Settings.Batch must not be negative, got %d", s.Batch))
	}
}
