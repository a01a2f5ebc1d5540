package dynamics

import (
	"math"
	"math/big"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"gonum.org/v1/gonum/floats"

	"github.com/liegg/lab/liegg"
	"github.com/liegg/lab/liegg/dataset"
	"github.com/liegg/lab/liegg/internal/expect"
	"github.com/liegg/lab/liegg/internal/monomial"
	"github.com/liegg/lab/liegg/network"
)

// term is c·Π z_i^α_i in the columns of jets.
type term struct {
	c float64
	α []int
}

// rightHandSide is a polynomial F, one list of terms for each dependent variable.
type rightHandSide [][]term

// network returns F as a network of jets.
func (f rightHandSide) network() *network.Network {
	return network.Exact(func(z *Node) *Node {
		columns := coordinates(z)
		outputs := make([]*Node, len(f))
		for a, terms := range f {
			outputs[a] = ZerosLike(columns[0])
			for _, t := range terms {
				product := MulScalar(OnesLike(columns[0]), t.c)
				for i, power := range t.α {
					for range power {
						product = Mul(product, columns[i])
					}
				}
				outputs[a] = Add(outputs[a], product)
			}
		}
		return Stack(outputs, -1)
	})
}

// polynomial returns F_a as a polynomial of n variables.
func (f rightHandSide) polynomial(a, n int) monomial.Polynomial {
	p := monomial.Polynomial{}
	for _, t := range f[a] {
		p = p.Plus(t.c, monomial.Single(t.α, n))
	}
	return p
}

// nullity returns the dimension of the symmetries among a PDE's candidates: the exact nullspace, in
// rational numbers, of the determining equations Σ_z ∂F/∂z·φ_z = φ_L with u_L = F.
func (f rightHandSide) nullity(t *testing.T, p PDE) int {
	e := expect.OK(p.equation())(t)
	n, m := len(p.Coordinates), len(p.Dependent)
	size := n + 2*m + 1
	at := map[string]int{}
	var rows [][]*big.Rat // one for each candidate
	for _, velocity := range e.velocities {
		condition := velocity[size-1] // −p·φ_L
		for a := range m {
			for i := range n {
				condition = condition.Plus(1, monomial.Variable(n+m+a, size).Times(f.polynomial(a, size).Derivative(i).Times(velocity[i])))
			}
		}
		var row []*big.Rat
		for key, v := range f.substituted(condition, n, m) {
			if _, ok := at[key]; !ok {
				at[key] = len(at)
			}
			for len(row) <= at[key] {
				row = append(row, new(big.Rat))
			}
			row[at[key]].SetFloat64(v)
		}
		rows = append(rows, row)
	}
	return len(rows) - rank(rows, len(at))
}

// substituted replaces u_L, the variables n … n+m−1, by F.
func (f rightHandSide) substituted(p monomial.Polynomial, n, m int) monomial.Polynomial {
	size, out := n+2*m+1, monomial.Polynomial{}
	for key, v := range p {
		exponents := exponentsOf(key)
		product := monomial.Polynomial{}
		rest := slices.Clone(exponents)
		clear(rest[n : n+m])
		product[monomial.Key(rest)] = v
		for a := range m {
			for range exponents[n+a] {
				product = product.Times(f.polynomial(a, size))
			}
		}
		out = out.Plus(1, product)
	}
	return out
}

// rank eliminates rows exactly.
func rank(rows [][]*big.Rat, columns int) int {
	for i, row := range rows {
		for len(row) < columns {
			row = append(row, new(big.Rat))
		}
		rows[i] = row
	}
	rank := 0
	for c := range columns {
		pivot := slices.IndexFunc(rows[rank:], func(row []*big.Rat) bool { return row[c].Sign() != 0 })
		if pivot < 0 {
			continue
		}
		rows[rank], rows[rank+pivot] = rows[rank+pivot], rows[rank]
		for _, row := range rows[rank+1:] {
			factor := new(big.Rat).Quo(row[c], rows[rank][c])
			for k := c; k < columns; k++ {
				row[k].Sub(row[k], new(big.Rat).Mul(factor, rows[rank][k]))
			}
		}
		if rank++; rank == len(rows) {
			break
		}
	}
	return rank
}

func evolution(degree int, coordinates ...string) PDE {
	return PDE{Independent: []string{"x", "t"}, Dependent: []string{"u"}, Coordinates: coordinates, Solved: "t", Degree: degree}
}

var second, third = []string{"x", "t", "u", "u_x", "u_xx"}, []string{"x", "t", "u", "u_x", "u_xx", "u_xxx"}

// The dimensions are from Ibragimov, "CRC Handbook of Lie Group Analysis of Differential
// Equations", vol. 1, 1994, as far as the library's degree holds them; solutions of linear
// equations are polynomials up to its degree.
func TestPDEFindsTheKnownSymmetries(t *testing.T) {
	for name, c := range map[string]struct {
		p      PDE
		f      rightHandSide
		dim    int      // 0: as large as the exact nullspace
		fields []string // some of them
	}{
		"heat":    {evolution(2, second...), rightHandSide{{{1, []int{0, 0, 0, 0, 1}}}}, 8, []string{"t∂x − 0.5xu∂u", "x∂x + 2t∂t", "t∂u + 0.5x²∂u", "u∂u"}},
		"heat, 3": {evolution(3, second...), rightHandSide{{{1, []int{0, 0, 0, 0, 1}}}}, 10, nil},
		"Burgers": {evolution(2, second...), rightHandSide{{{1, []int{0, 0, 0, 0, 1}}, {-1, []int{0, 0, 1, 1, 0}}}}, 5, []string{"xt∂x + t²∂t + x∂u − tu∂u", "t∂x + ∂u"}},
		"KdV":     {evolution(2, third...), rightHandSide{{{-1, []int{0, 0, 0, 0, 0, 1}}, {-1, []int{0, 0, 1, 1}}}}, 4, []string{"x∂x + 3t∂t − 2u∂u", "t∂x + ∂u", "∂x", "∂t"}},
		"mKdV":    {evolution(2, third...), rightHandSide{{{-1, []int{0, 0, 0, 0, 0, 1}}, {-1, []int{0, 0, 2, 1}}}}, 3, []string{"x∂x + 3t∂t − u∂u"}},
		"Fisher":  {evolution(2, second...), rightHandSide{{{1, []int{0, 0, 0, 0, 1}}, {1, []int{0, 0, 1}}, {-1, []int{0, 0, 2}}}}, 2, []string{"∂x", "∂t"}},
		"reaction and diffusion": {evolution(2, second...), rightHandSide{{{1, []int{0, 0, 0, 0, 1}}, {-1, []int{0, 0, 3}}}}, 3,
			[]string{"x∂x + 2t∂t − u∂u"}},
		"wave": {PDE{Independent: []string{"x", "t"}, Dependent: []string{"u"}, Coordinates: []string{"u_xx", "x", "t", "u", "u_x", "u_t", "u_xt"},
			Inputs: []string{"u_xx"}, Solved: "tt", Degree: 1}, rightHandSide{{{1, []int{1}}}}, 8, []string{"t∂x + x∂t", "x∂x + t∂t"}},
		"Schrödinger": {PDE{Independent: []string{"x", "t"}, Dependent: []string{"u", "w"}, Coordinates: []string{"u_xx", "w_xx", "x", "t", "u", "w", "u_x", "w_x"},
			Solved: "t", Degree: 2}, rightHandSide{{{-1, []int{0, 1}}}, {{1, []int{1}}}}, 12, []string{"w∂u − u∂w", "t∂x − 0.5xw∂u + 0.5xu∂w"}},
		"heat in the plane": {PDE{Independent: []string{"x", "y", "t"}, Dependent: []string{"u"}, Solved: "t", Degree: 1,
			Coordinates: []string{"x", "y", "t", "u", "u_x", "u_y", "u_xx", "u_xy", "u_yy"}},
			rightHandSide{{{1, []int{0, 0, 0, 0, 0, 0, 1}}, {1, []int{0, 0, 0, 0, 0, 0, 0, 0, 1}}}}, 9, []string{"x∂x + y∂y + 2t∂t", "y∂u"}},
		"advection": {evolution(1, "x", "t", "u", "u_x"), rightHandSide{{{-1, []int{0, 0, 1, 1}}}}, 0, nil}, // infinitely many in all
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if testing.Short() && (c.p.Degree > 2 || len(c.p.Coordinates) > 5) {
				t.Skip("slow")
			}
			exact := c.f.nullity(t, c.p)
			if c.dim == 0 {
				c.dim = exact
			}
			if exact != c.dim {
				t.Errorf("the exact nullspace has dimension %d, want %d", exact, c.dim)
			}
			found := expect.OK(c.p.Of(c.f.network(), normal(1, 4000, len(c.p.Coordinates), 1), network.Settings{}))(t)
			if found.Verdict.Answer != liegg.Symmetric || len(found.Fields) != c.dim || found.Verdict.Defects[c.dim-1].Upper > 1e-9 {
				t.Errorf("%v\n%v\nwant %d fields", found, found.Verdict, c.dim)
			}
			var formulas []string
			for _, s := range found.Fields {
				formulas = append(formulas, s.Formula(1e-6))
			}
			for _, want := range c.fields {
				if !slices.Contains(formulas, want) {
					t.Errorf("no %q among %q", want, formulas)
				}
			}
		})
	}
}

// The jets of solitons of all speeds lie on a surface, and those at one time do: there the answer is
// not firm. u = 3c·sech²(√c/2·(x − ct)) solves u_t = −u_xxx − u·u_x.
func TestPDEOnSurfaces(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	rng := rand.New(rand.NewPCG(1, 0))
	kdv := rightHandSide{{{-1, []int{0, 0, 0, 0, 0, 1}}, {-1, []int{0, 0, 1, 1}}}}.network()
	var solitons []float64
	for range 2000 {
		c, x, time := .5+rng.Float64(), 3*rng.NormFloat64(), rng.NormFloat64()
		square := math.Pow(math.Cosh(math.Sqrt(c)/2*(x-c*time)), -2)
		u := 3 * c * square
		slope := -math.Sqrt(c) * math.Tanh(math.Sqrt(c)/2*(x-c*time)) * u
		solitons = append(solitons, x, time, u, slope, c*u-u*u/2, c*slope-u*slope)
	}
	found := expect.OK(evolution(2, third...).Of(kdv, tensors.FromFlatDataAndDimensions(solitons, 2000, 6), network.Settings{}))(t)
	if found.Verdict.Answer != liegg.Undetermined || !strings.Contains(found.Verdict.String(), "give jets of more solutions") {
		t.Errorf("solitons: %v", found.Verdict)
	}
	atOnce := about(1, 2000, []float64{0, 5, 0, 0, 0, 0}, []float64{1, 0, 1, 1, 1, 1})
	found = expect.OK(evolution(2, third...).Of(kdv, atOnce, network.Settings{}))(t)
	if found.Verdict.Answer != liegg.Undetermined || !strings.Contains(found.Verdict.String(), "the same t") {
		t.Errorf("one time: %v", found.Verdict)
	}
}

// Flows of what was found, far from the origin, follow the formulas.
func TestPDESymmetriesMovePoints(t *testing.T) {
	burgers := rightHandSide{{{1, []int{0, 0, 0, 0, 1}}, {-1, []int{0, 0, 1, 1, 0}}}}.network()
	found := expect.OK(evolution(1, second...).Of(burgers, about(1, 2000, []float64{0, 50, 0, 0, 0}, []float64{2, 1, 3, 1, 1}), network.Settings{}))(t)
	want := map[string][]float64{ // of (2, 51, 3) after .5
		"x∂x + 2(t − 50)∂t − u∂u": {2 * math.Exp(.5), 50 + math.E, 3 * math.Exp(-.5)},
		"(t − 50)∂x + ∂u":         {2.5, 51, 3.5},
		"∂x":                      {2.5, 51, 3},
		"∂t":                      {2, 51.5, 3},
	}
	for _, s := range found.Fields {
		end, ok := want[s.Formula(1e-6)]
		if got := s.Move([]float64{2, 51, 3}, .5); !ok || !floats.EqualApprox(got, end, 1e-8) {
			t.Errorf("%v moves to %v, want %v", s, got, end)
		}
	}
	if len(found.Fields) != 4 {
		t.Errorf("%v", found)
	}
	expect.Panic(t, "3 variables", func() { found.Fields[0].Move([]float64{1}, 1) })
}

// A network of jets with errors is validated on others: what it leaves unexplained is doubt.
func TestPDEThatFitsBadly(t *testing.T) {
	heat := rightHandSide{{{1, []int{0, 0, 0, 0, 1}}}}.network()
	jets := normal(1, 2000, 5, 1)
	z := expect.OK(tableOf(jets))(t)
	for noise, want := range map[float64]liegg.Answer{0: liegg.Symmetric, .5: liegg.Undetermined} {
		rng, measured := rand.New(rand.NewPCG(2, 0)), make([]float64, 2000)
		for i := range measured {
			measured[i] = z.At(i, 4) + noise*rng.NormFloat64()
		}
		validation := dataset.Samples{Name: "measured", X: jets, Y: tensors.FromFlatDataAndDimensions(measured, 2000, 1)}
		v := expect.OK(evolution(1, second...).Of(heat, jets, network.Settings{Validation: &validation}))(t).Verdict
		if v.Answer != want || math.Abs(v.Unexplained-noise*noise/(1+noise*noise)) > .02 {
			t.Errorf("noise %g: %v", noise, v)
		}
	}
}

func TestPDEMisuse(t *testing.T) {
	heat := rightHandSide{{{1, []int{0, 0, 1}}}}.network()
	_, err := evolution(1, "u", "u_x", "u_xx").Of(heat, normal(1, 300, 3, 1), network.Settings{})
	expect.Error(t, err, "by x", "give it as a column")
	_, err = evolution(1, second...).Of(heat, normal(1, 300, 4, 1), network.Settings{})
	expect.Error(t, err, "[N, 5]")
	_, err = evolution(1, "x", "t", "u", "v_x").Of(heat, normal(1, 300, 4, 1), network.Settings{})
	expect.Error(t, err, "v_x", "u_xx")
	_, err = evolution(1, "x", "t", "u", "u_y").Of(heat, normal(1, 300, 4, 1), network.Settings{})
	expect.Error(t, err, "y")
	expect.Panic(t, "one letter", func() {
		PDE{Independent: []string{"time"}, Dependent: []string{"u"}, Coordinates: []string{"u"}, Solved: "t"}.check()
	})
	expect.Panic(t, "Solved", func() { PDE{Independent: []string{"t"}, Dependent: []string{"u"}, Coordinates: []string{"u"}}.check() })
	expect.Panic(t, "none of the Coordinates", func() {
		PDE{Independent: []string{"t"}, Dependent: []string{"u"}, Coordinates: []string{"u"}, Inputs: []string{"w"}, Solved: "t"}.check()
	})
}
