package dynamics

import (
	"fmt"
	"math"
	"strings"

	"github.com/gomlx/gomlx/core/tensors"

	"github.com/liegg/lab/liegg"
	"github.com/liegg/lab/liegg/internal/spelling"
	"github.com/liegg/lab/liegg/lie/classification"
	"github.com/liegg/lab/liegg/network"
)

// Laws are the quantities that a Hamiltonian conserves.
type Laws struct {
	// Verdict is the verdict on the Hamiltonian's invariance under the flows of the library's
	// functions, with the doubt of each. Its defects are relative to the steepest directions of H:
	// a quantity may pass because it changes slowly beside others, as a Taylor polynomial of H
	// does, or a coordinate that hardly moves while another runs through its range. Rungs tell
	// exact laws from approximate ones, and Follow shows the change over time.
	Verdict *liegg.Verdict
	// Quantities is a basis of the conserved functions: as many as the verdict counts. If its
	// answer is Undetermined, they are guesses.
	Quantities []Quantity
	// Independent is the number of functionally independent ones: the rank of their gradients
	// at a generic state. E², for instance, is not independent of E. At most 2n − 1 conserved
	// quantities are independent.
	Independent int
	// Algebra says how the quantities close under the Poisson bracket.
	Algebra *PoissonAlgebra
	// Identity names the algebra of the linear or affine canonical transformations that the
	// quantities generate, within sp(2n) and its shifts; nil if not all are of degree 1 or 2.
	Identity *classification.Identity
}

// Conserved finds the combinations of a library's functions that a Hamiltonian conserves.
// states [N, 2n] are samples of phase space, positions first, on which the Hamiltonian is known;
// h has a single output, the energy. They should be spread over phase space: on one energy
// surface, every multiple of H − E counts as conserved, too, and on one orbit even more. If states
// satisfy such an equation and what was found does not hold off it, the answer is Undetermined. So it
// is if they lie in a subspace that trajectories leave, as states at rest do.
//
// Conserved returns the errors of network.Judge, and an error if h has several outputs. It
// panics if the library is empty.
func Conserved(h *network.Network, l Library, states *tensors.Tensor, s network.Settings) (*Laws, error) {
	if l.Dim() == 0 {
		panic("dynamics: Conserved: the library has no functions")
	}
	c, err := NewCanonical(l, states)
	if err != nil {
		return nil, err
	}
	v, err := judge(h, c, states, s, 0)
	if err != nil {
		return nil, err
	}
	if m := v.Spectrum.Outputs; m != 1 {
		return nil, fmt.Errorf("dynamics: a Hamiltonian has one output, the energy, but this network has %d: choose one by Settings.Head", m)
	}
	laws := &Laws{Verdict: v, Quantities: c.quantities(v.Algebra)}
	if err := laws.doubtSlice(h, s.Head, states); err != nil {
		return nil, err
	}
	if err := laws.doubtSurface(h, s.Head, states); err != nil {
		return nil, err
	}
	return laws, laws.relate(states)
}

// String lists the quantities, how many of them are independent, and how their brackets close,
// after the verdict's answer.
func (l *Laws) String() string {
	var b strings.Builder
	fmt.Fprintln(&b, headline(l.Verdict))
	for _, q := range l.Quantities {
		fmt.Fprintln(&b, q.Formula(visible(l.Verdict.AngleError)))
	}
	if len(l.Quantities) > 0 {
		fmt.Fprintf(&b, "%s, %d independent\n%v", spelling.Count(len(l.Quantities), "quantity"), l.Independent, l.Algebra)
		if l.Identity != nil && l.Identity.Name != "" {
			fmt.Fprintf(&b, "\nthey generate %s", l.Identity.Name)
		}
	}
	return b.String()
}

// readable is the largest tolerance of formulas: how large a coefficient that should be zero may
// be for a trained network.
const readable = .05

// visible returns the tolerance of formulas for an angle error. Terms are left out only if the
// error explains them: without a small term, an exact law need not be one.
func visible(angle float64) float64 { return math.Min(math.Max(1e-9, 10*angle), readable) }
