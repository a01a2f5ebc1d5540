package dynamics

import (
	"strings"
	"testing"

	. "github.com/gomlx/gomlx/core/graph"

	"github.com/liegg/lab/liegg"
	"github.com/liegg/lab/liegg/internal/expect"
	"github.com/liegg/lab/liegg/network"
)

// step is c where x > a, without a gradient.
func step(x *Node, a, c float64) *Node {
	return MulScalar(ConvertDType(GreaterThan(x, Scalar(x.Graph(), x.DType(), a)), x.DType()), c)
}

// Gradients do not see a step of H, nor a slope that is so short that no state lies on it. A step of
// a quantity that is conserved breaks no law.
func TestJumpsBreakLaws(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	oscillator := func(z []*Node) *Node { return MulScalar(squares(z...), .5) }
	momentum := func(z []*Node) *Node { return Sub(Mul(z[0], z[3]), Mul(z[1], z[2])) }
	plane := Monomials(2, "x", "y", "u", "v")
	for name, c := range map[string]struct {
		h      func(z []*Node) *Node
		l      Library
		answer liegg.Answer
	}{
		"a step":                      {func(z []*Node) *Node { return Add(oscillator(z), step(z[0], .5, .5)) }, plane, liegg.Undetermined},
		"a small step":                {func(z []*Node) *Node { return Add(oscillator(z), step(z[0], .5, .05)) }, plane, liegg.Undetermined},
		"a step where few states lie": {func(z []*Node) *Node { return Add(oscillator(z), step(z[0], 2.5, .5)) }, plane, liegg.Undetermined},
		"in one dimension":            {func(z []*Node) *Node { return Add(oscillator(z), step(z[0], .5, .5)) }, Monomials(2, "x", "u"), liegg.Undetermined},
		"a short slope": {func(z []*Node) *Node {
			return Add(oscillator(z), Tanh(MulScalar(AddScalar(z[0], -.5), 1e6)))
		}, plane, liegg.Undetermined},
		"a step of the energy": {func(z []*Node) *Node { return Add(oscillator(z), step(oscillator(z), 2, .5)) }, plane, liegg.Symmetric},
		"a step of the momentum": {func(z []*Node) *Node {
			quartic := Square(squares(z[0], z[1]))
			return Add(Add(oscillator(z), quartic), step(momentum(z), .5, .5))
		}, plane, liegg.Symmetric},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			laws := expect.OK(Conserved(hamiltonian(c.h), c.l, normal(1, 2000, c.l.Coordinates(), 1), network.Settings{}))(t)
			if laws.Verdict.Answer != c.answer {
				t.Errorf("%v\n%v", laws, laws.Verdict)
			}
			if doubt := strings.Contains(strings.Join(laws.Verdict.Reasons, " "), "jumps"); doubt != (c.answer == liegg.Undetermined) {
				t.Errorf("the reasons are %q", laws.Verdict.Reasons)
			}
		})
	}
}

// A rotation whose speed jumps is none that commutes with scaling.
func TestJumpsBreakSymmetriesOfODEs(t *testing.T) {
	v := field(func(x []*Node) []*Node {
		speed := AddScalar(step(x[0], .3, .5), 1)
		return []*Node{Mul(speed, x[1]), Neg(Mul(speed, x[0]))}
	})
	found := expect.OK(ODE{Names: []string{"x", "y"}, Degree: 1}.Of(v, normal(2, 2000, 2, 1), network.Settings{}))(t)
	if found.Verdict.Answer != liegg.Undetermined || !strings.Contains(found.Verdict.String(), "jumps") {
		t.Errorf("%v\n%v", found, found.Verdict)
	}
}

// Laws of an exact function hold to rounding: what holds better than all else, but not so well, is
// called approximate. Along H = 10⁶x + …, y, v and their powers change by a millionth of their range
// while u runs through its own.
func TestOnlyWhatHoldsToRoundingIsALawOfAnExactFunction(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	oscillator := func(z []*Node, ε float64) *Node {
		cubic := Mul(z[1], Sub(Square(z[0]), MulScalar(Square(z[1]), 1./3)))
		return Add(MulScalar(squares(z...), .5), MulScalar(cubic, ε))
	}
	weak := hamiltonian(func(z []*Node) *Node { return oscillator(z, .01) })
	steep := hamiltonian(func(z []*Node) *Node { return Add(oscillator(z, 1), MulScalar(z[0], 1e6)) })
	states := normal(1, 2000, 4, 1)
	for name, c := range map[string]struct {
		h      *network.Network
		degree int
		count  int
		text   string
	}{
		"with the energy":    {weak, 3, 1, "1 generator among 34\n"},
		"without the energy": {weak, 2, 4, "4 generators among 14, approximately: ρ ≤ 0.0"},
		"steep":              {steep, 3, 1, "1 generator among 34\n"},
	} {
		laws := expect.OK(Conserved(c.h, Monomials(c.degree, "x", "y", "u", "v"), states, network.Settings{}))(t)
		if len(laws.Quantities) != c.count || !strings.HasPrefix(laws.String(), c.text) {
			t.Errorf("%s: %v\n%v", name, laws, laws.Verdict)
		}
	}
}
