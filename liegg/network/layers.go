package network

import (
	"fmt"

	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg"
	"github.com/liegg/lab/liegg/action"
)

// LayerProfile is how one intermediate representation h(x) ∈ Rᵐ of a network
// answers to an action on its inputs.
type LayerProfile struct {
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

	action                 action.Action
	samples                int
	gram, residual, metric *mat.SymDense // of the candidates; residual may be nil
}

// Width is m, the number of activations.
func (l LayerProfile) Width() int { return l.Invariance.Outputs }

// Layers asks every named layer of the network, in the order in which they are
// computed, and last its outputs with Settings.Head, for their symmetries under
// the action: one pass over the inputs. All layers share each of K passes forward
// (GoMLX's derivative of the derivative), and ‖J‖²_F of layers with more than 16
// activations is an unbiased estimate from random probes. Gram matrices are summed
// in float64, so defects below 1e-8 are rounding. Settings.Mode, Gram and Rule
// are not used.
//
// A profile compares ρ between layers of one network; variances are in each
// layer's own units.
//
// Errors: those of Analyze, with the layer's name; operators that GoMLX cannot
// differentiate twice (strided convolutions, windows of a maximum, slices); an
// action.Equivariance, which says how outputs are to move, while here that is
// what is asked.
func Layers(n *Network, a action.Action, inputs Inputs, s Settings) (Profile, error) {
	mustBeUsable(n, a, inputs, s)
	if _, ok := a.(action.Equivariance); ok {
		return nil, fmt.Errorf("network: Layers finds out how each layer moves: give it the action on the inputs alone")
	}
	var scan *layerScan
	defer func() { scan.finalize() }()
	for c, err := range chunks(inputs, s.Batch) {
		if err == nil && scan == nil {
			scan, err = newLayerScan(n, a, c, s)
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
