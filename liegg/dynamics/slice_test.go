package dynamics

import (
	"strings"
	"testing"

	. "github.com/gomlx/gomlx/core/graph"

	"github.com/liegg/lab/liegg"
	"github.com/liegg/lab/liegg/internal/expect"
	"github.com/liegg/lab/liegg/network"
)

// Positions do not change at states at rest, but no law follows from this. The subspace y = v = 0 is
// different: trajectories of H(x, −y, u, −v) = H stay there.
func TestLawsOfASlice(t *testing.T) {
	h := henonHeiles(1, 1, -1./3)
	for name, c := range map[string]struct {
		deviations []float64
		escape     bool
	}{
		"at rest":                      {[]float64{1, 1, 0, 0}, true},
		"one momentum":                 {[]float64{1, 1, 1, 0}, true},
		"an invariant plane":           {[]float64{0, 1, 0, 1}, false},
		"all of phase space":           {[]float64{1, 1, 1, 1}, false},
		"all, in very different units": {[]float64{1, 1e-9, 1, 1e-9}, false},
	} {
		states := about(1, 2000, make([]float64, 4), c.deviations)
		share := expect.OK(escape(h, network.Outputs, states))(t)
		if (share > escaping) != c.escape {
			t.Errorf("%s: a share of %g of the velocities leads out, want some: %v", name, share, c.escape)
		}
	}
	laws := expect.OK(Conserved(h, Monomials(2, "x", "y", "u", "v"), about(1, 2000, make([]float64, 4), []float64{1, 1, 0, 0}), network.Settings{}))(t)
	if laws.Verdict.Answer != liegg.Undetermined || !strings.Contains(strings.Join(laws.Verdict.Reasons, " "), "slice") {
		t.Errorf("states at rest: %v\n%v", laws, laws.Verdict)
	}
}

// The centre of mass stays where it is, so the laws of two bodies in its frame are not doubted.
func TestTheFrameOfTheCentreOfMassIsNoSlice(t *testing.T) {
	h := hamiltonian(func(z []*Node) *Node {
		return Add(squares(z[2:]...), Square(Square(Sub(z[0], z[1]))))
	})
	relative := normal(1, 500, 2, 1)
	states := expect.OK(network.Exact(func(z *Node) *Node {
		x := coordinates(z)
		return Stack([]*Node{x[0], Neg(x[0]), x[1], Neg(x[1])}, -1)
	}).Predict(relative))(t)
	if share := expect.OK(escape(h, network.Outputs, states))(t); share > 1e-12 {
		t.Errorf("a share of %g of the velocities leads out of the frame of the centre of mass", share)
	}
}
