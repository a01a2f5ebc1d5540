package dynamics

import (
	"math"
	"slices"
	"strings"
	"testing"

	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"

	"github.com/liegg/lab/liegg"
	"github.com/liegg/lab/liegg/internal/expect"
	"github.com/liegg/lab/liegg/internal/monomial"
	"github.com/liegg/lab/liegg/network"
)

// about returns normal states with these means and standard deviations.
func about(seed uint64, n int, means, deviations []float64) *tensors.Tensor {
	x := normal(seed, n, len(means), 1)
	tensors.MustMutableFlatData(x, func(values []float64) {
		for i := range values {
			j := i % len(means)
			values[i] = means[j] + deviations[j]*values[i]
		}
	})
	return x
}

// shifted returns a Hamiltonian of z minus an origin.
func shifted(h func(z []*Node) *Node, origin ...float64) *network.Network {
	return hamiltonian(func(z []*Node) *Node {
		moved := slices.Clone(z)
		for i, o := range origin {
			moved[i] = AddScalar(z[i], -o)
		}
		return h(moved)
	})
}

// Where the origin lies and what the units are decides neither which laws are found, nor how
// they relate.
func TestLawsDoNotDependOnOriginAndUnits(t *testing.T) {
	oscillator := func(z []*Node) *Node { return MulScalar(squares(z...), .5) }
	chaotic := func(z []*Node) *Node {
		return Add(MulScalar(squares(z...), .5), Mul(z[1], Sub(Square(z[0]), MulScalar(Square(z[1]), 1./3))))
	}
	const field = 1e-9 // a charge in a magnetic field; momenta are a billionth of positions
	charge := func(z []*Node) *Node {
		return squares(Add(z[2], MulScalar(z[1], field/2)), Sub(z[3], MulScalar(z[0], field/2)))
	}
	ones := []float64{1, 1, 1, 1}
	for name, c := range map[string]struct {
		h                  *network.Network
		degree             int
		states             *tensors.Tensor
		law                string
		count, independent int
		algebra, generate  string
	}{
		"oscillator about (100, −50)": {shifted(oscillator, 100, -50), 2, about(1, 2000, []float64{100, -50, 0, 0}, ones),
			"(x − 100)² + u²", 4, 3, "so(3)", "u(2)"},
		"Hénon–Heiles about 1000": {shifted(chaotic, 1000), 3, about(1, 3000, []float64{1000, 0, 0, 0}, ones),
			"(x − 1000)² + y² + u² + v² + 2(x − 1000)²y − 0.67y³", 1, 1, "", ""},
		"charge in small units": {hamiltonian(charge), 2, about(1, 2000, make([]float64, 4), []float64{1e6, 1e6, 1e-3, 1e-3}),
			"x + 2e+09v", 6, 3, "sl(2,R) ⋉ R²", "sl(2,R) ⋉ R² ⊕ so(2)"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			laws := expect.OK(Conserved(c.h, Monomials(c.degree, "x", "y", "u", "v"), c.states, network.Settings{}))(t)
			generate := ""
			if laws.Identity != nil {
				generate = laws.Identity.Name
			}
			if laws.Verdict.Answer != liegg.Symmetric || len(laws.Quantities) != c.count || laws.Independent != c.independent || laws.Algebra.name() != c.algebra || generate != c.generate {
				t.Errorf("%v\nwant %d laws, %d independent, algebra %q, generating %q", laws, c.count, c.independent, c.algebra, c.generate)
			}
			if text := laws.String(); !slices.Contains(strings.Split(text, "\n"), c.law) {
				t.Errorf("no %q in\n%s", c.law, text)
			}
		})
	}
}

// Burgers' equation has five symmetries also in other units of x and at jets far from 0.
func TestPDESymmetriesDoNotDependOnOriginAndUnits(t *testing.T) {
	for name, c := range map[string]struct {
		viscosity, convection float64
		means, deviations     []float64
		field                 string
	}{
		"far":            {1, 1, []float64{1000, 50, 3, 0, 0}, []float64{1, 1, 1, 1, 1}, "(t − 50)∂x + ∂u"},
		"x in thousands": {1e6, 1e3, make([]float64, 5), []float64{1e3, 1, 1, 1e-3, 1e-6}, "t∂x + 0.001∂u"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := rightHandSide{{{c.viscosity, []int{0, 0, 0, 0, 1}}, {-c.convection, []int{0, 0, 1, 1, 0}}}}
			p := evolution(2, second...)
			if exact := f.nullity(t, p); exact != 5 {
				t.Fatalf("the exact nullspace has dimension %d, want 5", exact)
			}
			found := expect.OK(p.Of(f.network(), about(1, 3000, c.means, c.deviations), network.Settings{}))(t)
			if found.Verdict.Answer != liegg.Symmetric || len(found.Fields) != 5 {
				t.Errorf("%v\n%v\nwant 5 fields", found, found.Verdict)
			}
			if text := found.String(); !slices.Contains(strings.Split(text, "\n"), c.field) {
				t.Errorf("no %q in\n%s", c.field, text)
			}
		})
	}
}

// An equation of 10⁶ people has the symmetries of one in shares of the population.
func TestODESymmetriesDoNotDependOnUnits(t *testing.T) {
	const people = 1e6
	epidemic := network.Exact(func(z *Node) *Node {
		x := coordinates(z)
		infected := MulScalar(Mul(x[0], x[1]), 1/people)
		return Stack([]*Node{Neg(infected), Sub(infected, MulScalar(x[1], .5)), MulScalar(x[1], .5)}, -1)
	})
	states := about(1, 3000, []float64{people, people, people}, []float64{people, people, people})
	found := expect.OK(ODE{Names: []string{"x", "y", "z"}, Degree: 2}.Of(epidemic, states, network.Settings{}))(t)
	// v itself, and functions of x + y + z times ∂z up to degree 2
	if found.Verdict.Answer != liegg.Symmetric || len(found.Fields) != 3 || len(found.Parallel) != 1 {
		t.Errorf("%v\n%v\nwant 3 fields and v", found, found.Verdict)
	}
}

// Coefficients multiply the monomials of z, wherever the states lie: here z ↦ Σ c_k G_k(z) is
// compared with the quantity itself, up to the constant that is left out.
func TestCoefficientsAreOfTheCoordinates(t *testing.T) {
	states := about(3, 2000, []float64{10, -4}, []float64{2, .5})
	square := Observable{"s", func(z *Node) *Node { return Square(coordinates(z)[0]) }}
	l := expect.OK(Monomials(3, "q", "p").With(square).framed(states))(t)
	q := Quantity{l, make([]float64, l.Dim())}
	for k := range q.coefficients {
		q.coefficients[k] = float64(k%5) - 1.5
	}
	values := expect.OK(evaluate(states, func(z *Node) *Node { return combine([]Quantity{q}, z) }))(t)
	z := expect.OK(evaluate(states, func(z *Node) *Node { return z }))(t)
	var first float64
	for s := range 2000 {
		difference := values.At(s, 0)
		for k, c := range q.Coefficients() {
			if k < len(l.exponents) {
				difference -= c * math.Pow(z.At(s, 0), float64(l.exponents[k][0])) * math.Pow(z.At(s, 1), float64(l.exponents[k][1]))
			} else {
				difference -= c * z.At(s, 0) * z.At(s, 0)
			}
		}
		if s == 0 {
			first = difference
		} else if math.Abs(difference-first) > 1e-9*math.Max(1, math.Abs(first)) {
			t.Fatalf("state %d: they differ by %g and not by the constant %g", s, difference, first)
		}
	}
	if name := monomial.Text([]int{2, 1}, l.coordinateNames()); name != "(q − 10)²(p + 4)" {
		t.Errorf("a monomial is called %q", name)
	}
}

// Brackets that vanish up to the quantities' error leave no algebra to name.
// A million standard deviations from the origin, the angular momentum of a free particle is x − y
// plus a millionth of itself: brackets of one size would make it a part of the centre.
func TestFaintBracketsHaveNoName(t *testing.T) {
	h := hamiltonian(func(z []*Node) *Node { return MulScalar(squares(z[2], z[3]), .5) })
	for _, c := range []struct {
		mean float64
		name string
	}{{0, "so(2) ⋉ R⁴"}, {1e6, ""}} {
		states := about(1, 1000, []float64{c.mean, c.mean, c.mean, c.mean}, []float64{1, 1, 1, 1})
		laws := expect.OK(Conserved(h, Monomials(2, "x", "y", "u", "v"), states, network.Settings{}))(t)
		p := laws.Algebra
		if p.name() != c.name || (p.Faint > 0) != (c.name == "") || len(laws.Quantities) != 6 {
			t.Errorf("mean %g: %v", c.mean, laws)
		}
	}
}

func TestPoissonAlgebraWithoutIdentityIsPrinted(t *testing.T) {
	p := &PoissonAlgebra{Closed: true, Involution: 1e-4, Residual: 1e-5, Centre: 2, dim: 2}
	if got := p.String(); got != "brackets ≤ 0.0001, no larger than the error of the quantities explains" {
		t.Errorf("printed as %q", got)
	}
}

// Brackets of states of any size close as the same algebra.
func TestBracketsDoNotDependOnTheSizeOfStates(t *testing.T) {
	h := hamiltonian(func(z []*Node) *Node { return squares(z...) })
	for _, size := range []float64{1e-8, 1e6} {
		laws := expect.OK(Conserved(h, Monomials(2, "x", "y", "u", "v"), normal(1, 1000, 4, size), network.Settings{}))(t)
		if laws.Algebra.name() != "so(3)" || laws.Algebra.Centre != 1 || laws.Independent != 3 || laws.Identity == nil || laws.Identity.Name != "u(2)" {
			t.Errorf("size %g: %v", size, laws)
		}
	}
}

// Approximate laws of states of any size are the same, too. The cubic part of H is a hundredth of
// the rest.
func TestApproximateLawsDoNotDependOnTheSizeOfStates(t *testing.T) {
	for _, size := range []float64{.01, 1, 100} {
		h := hamiltonian(func(z []*Node) *Node {
			cubic := Mul(z[1], Sub(Square(z[0]), DivScalar(Square(z[1]), 3)))
			return Add(MulScalar(squares(z...), .5), MulScalar(cubic, .01/size))
		})
		laws := expect.OK(Conserved(h, Monomials(2, "x", "y", "u", "v"), normal(1, 1000, 4, size), network.Settings{}))(t)
		if laws.Verdict.Answer != liegg.Symmetric || len(laws.Quantities) != 4 {
			t.Errorf("size %g: %v\n%v", size, laws, laws.Verdict)
		}
	}
}
