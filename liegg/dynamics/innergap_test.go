package dynamics

import (
	"strings"
	"testing"

	. "github.com/gomlx/gomlx/core/graph"

	"github.com/liegg/lab/liegg"
	"github.com/liegg/lab/liegg/internal/expect"
	"github.com/liegg/lab/liegg/network"
)

// An oscillator in the plane with slightly different frequencies, and a smaller term that breaks
// both of its energies, has two laws that hold to about the small term, and two that hold to about
// the difference. The wider gap lies beyond all four, but those that hold are two. If a threshold
// asks for all four, the answer is open.
func TestInnerGap(t *testing.T) {
	h := hamiltonian(func(z []*Node) *Node {
		oscillator := Add(squares(z[0], z[2]), MulScalar(squares(z[1], z[3]), 1.03))
		return Add(oscillator, MulScalar(Mul(Sin(z[0]), Cos(z[1])), 1e-2))
	})
	ask := func(states int, s network.Settings) *Laws {
		return expect.OK(Conserved(h, Monomials(2, "x", "y", "u", "v"), normal(1, states, 4, 1), s))(t)
	}
	laws := ask(3000, network.Settings{})
	if laws.Verdict.Answer != liegg.Symmetric || len(laws.Quantities) != 2 {
		t.Errorf("%v\n%v", laws, laws.Verdict)
	}
	v := ask(3000, network.Settings{Rule: liegg.Rule{Threshold: .2}}).Verdict
	if v.Answer != liegg.Undetermined || v.Dim != 4 || !strings.Contains(strings.Join(v.Reasons, " "), "beyond the first 2 may hold only approximately") {
		t.Errorf("%v", v)
	}
	v.Answer = liegg.Symmetric
	for misfit, want := range map[float64]int{0: 2, v.Defects[2].Value / 2: 2, v.Defects[2].Value: 0} {
		if got := innerGap(v, misfit); got != want {
			t.Errorf("with a misfit of %g: the gap is after %d, want %d", misfit, got, want)
		}
	}
}
