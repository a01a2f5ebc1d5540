package dynamics

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"

	"github.com/liegg/lab/liegg"
	"github.com/liegg/lab/liegg/internal/expect"
	"github.com/liegg/lab/liegg/network"
)

// normal returns n states of normal coordinates with the standard deviation σ.
func normal(seed uint64, n, size int, σ float64) *tensors.Tensor {
	rng := rand.New(rand.NewPCG(seed, 0))
	values := make([]float64, n*size)
	for i := range values {
		values[i] = σ * rng.NormFloat64()
	}
	return tensors.FromFlatDataAndDimensions(values, n, size)
}

// coordinates returns the coordinates of states as [batch] each.
func coordinates(z *Node) []*Node {
	x := make([]*Node, z.Shape().Dim(1))
	for i := range x {
		x[i] = Reshape(SliceAxis(z, -1, AxisElem(i)), z.Shape().Dim(0))
	}
	return x
}

// hamiltonian returns the network of an exact function of the coordinates.
func hamiltonian(of func(z []*Node) *Node) *network.Network {
	return network.Exact(func(z *Node) *Node { return ExpandAxes(of(coordinates(z)), -1) })
}

func squares(x ...*Node) *Node {
	total := Square(x[0])
	for _, v := range x[1:] {
		total = Add(total, Square(v))
	}
	return total
}

func radius(x ...*Node) *Node { return Sqrt(squares(x...)) }

// kepler is ½p² − 1/r in n dimensions, with its library: monomials up to degree 3, 1/r and x_i/r.
func kepler(n int, names ...string) (*network.Network, Library) {
	l := Monomials(3, names...).With(Observable{"1/r", func(z *Node) *Node { return Reciprocal(radius(coordinates(z)[:n]...)) }})
	for i, name := range names[:n] {
		l = l.With(Observable{name + "/r", func(z *Node) *Node { x := coordinates(z); return Div(x[i], radius(x[:n]...)) }})
	}
	return hamiltonian(func(z []*Node) *Node {
		return Sub(MulScalar(squares(z[n:]...), .5), Reciprocal(radius(z[:n]...)))
	}), l
}

// henonHeiles is ½(p² + Ax² + By²) + x²y + εy³.
func henonHeiles(a, b, ε float64) *network.Network {
	return hamiltonian(func(z []*Node) *Node {
		x, y := z[0], z[1]
		quadratic := MulScalar(Add(squares(z[2:]...), Add(MulScalar(Square(x), a), MulScalar(Square(y), b))), .5)
		return Add(quadratic, Mul(y, Add(Square(x), MulScalar(Square(y), ε))))
	})
}

// toda is the periodic Toda lattice of three particles, with its library.
func toda() (*network.Network, Library) {
	l := Monomials(3, "q₁", "q₂", "q₃", "p₁", "p₂", "p₃")
	bond := func(z []*Node, i int) *Node { return Exp(Sub(z[i], z[(i+1)%3])) }
	for i := range 3 {
		name := fmt.Sprintf("e%d%d", i+1, (i+1)%3+1)
		l = l.With(Observable{name, func(z *Node) *Node { return bond(coordinates(z), i) }})
		for j := range 3 {
			l = l.With(Observable{fmt.Sprintf("p%d%s", j+1, name), func(z *Node) *Node {
				x := coordinates(z)
				return Mul(x[3+j], bond(x, i))
			}})
		}
	}
	return hamiltonian(func(z []*Node) *Node {
		return Add(MulScalar(squares(z[3:]...), .5), Add(bond(z, 0), Add(bond(z, 1), bond(z, 2))))
	}), l
}

func TestConservedFindsTheKnownLaws(t *testing.T) {
	oscillator := hamiltonian(func(z []*Node) *Node { return MulScalar(squares(z...), .5) })
	anharmonic := hamiltonian(func(z []*Node) *Node {
		return Add(MulScalar(squares(z...), .5), Square(squares(z[:2]...)))
	})
	free := hamiltonian(func(z []*Node) *Node { return squares(z[2:]...) })
	plane, space := []string{"x", "y", "u", "v"}, []string{"x", "y", "z", "u", "v", "w"}
	planarKepler, planarLibrary := kepler(2, plane...)
	spatialKepler, spatialLibrary := kepler(3, space...)
	lattice, latticeLibrary := toda()
	for name, c := range map[string]struct {
		h           *network.Network
		l           Library
		states      *tensors.Tensor
		laws        []string // some of the basis
		count       int      // of all
		independent int
		algebra     string
		centre      int
		generate    string
	}{
		"oscillator in the plane": {oscillator, Monomials(2, plane...), normal(1, 2000, 4, 1), []string{"xv − yu", "x² + u²", "xy + uv", "y² + v²"}, 4, 3, "so(3)", 1, "u(2)"},
		"oscillator in space":     {oscillator, Monomials(2, space...), normal(1, 2000, 6, 1), []string{"yw − zv"}, 9, 5, "su(3)", 1, "u(3)"},
		"anharmonic":              {anharmonic, Monomials(2, plane...), normal(1, 2000, 4, 1), []string{"xv − yu"}, 1, 1, "", 1, "so(2)"},
		"free":                    {free, Monomials(2, plane...), normal(1, 2000, 4, 1), []string{"u", "v", "uv", "xv − yu"}, 6, 3, "so(2) ⋉ R⁴", 1, "so(2) ⋉ R⁴ ⊕ shear"},
		"Kepler in the plane":     {planarKepler, planarLibrary, normal(1, 3000, 4, 1), []string{"xv − yu", "u² + v² − 2(1/r)"}, 4, 3, "", 0, ""},
		"Kepler in space":         {spatialKepler, spatialLibrary, normal(1, 3000, 6, 1), []string{"xv − yu", "u² + v² + w² − 2(1/r)"}, 7, 5, "", 0, ""},
		"Hénon–Heiles, ε = 1/3":   {henonHeiles(1, 1, 1./3), Monomials(3, plane...), normal(1, 3000, 4, 1), []string{"xy + uv + 0.33x³ + xy²"}, 2, 2, "", 2, ""},
		"Hénon–Heiles, ε = 2":     {henonHeiles(1, 2, 2), Monomials(4, plane...), normal(1, 3000, 4, 1), nil, 2, 2, "", 2, ""},
		"Toda":                    {lattice, latticeLibrary, normal(1, 3000, 6, 1), []string{"p₁ + p₂ + p₃"}, 6, 3, "", 6, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if testing.Short() && c.states.Shape().Dimensions[0] > 2000 {
				t.Skip("slow")
			}
			laws, err := Conserved(c.h, c.l, c.states, network.Settings{})
			if err != nil {
				t.Fatal(err)
			}
			if laws.Verdict.Answer != liegg.Symmetric || len(laws.Quantities) != c.count || laws.Independent != c.independent || laws.Algebra.Closed && laws.Algebra.Centre != c.centre {
				t.Errorf("%v\n%.900v\n%+v\nwant %d laws, %d independent, centre %d", laws, laws.Verdict.String(), laws.Algebra, c.count, c.independent, c.centre)
			}
			if got := laws.Algebra.name(); got != c.algebra {
				t.Errorf("the algebra is %q, want %q", got, c.algebra)
			}
			if (laws.Identity == nil) != (c.generate == "") || laws.Identity != nil && laws.Identity.Name != c.generate {
				t.Errorf("they generate %v, want %q", laws.Identity, c.generate)
			}
			var formulas []string
			for _, q := range laws.Quantities {
				formulas = append(formulas, q.Formula(1e-6))
			}
			for _, want := range c.laws {
				if !slices.Contains(formulas, want) {
					t.Errorf("no %q among %q", want, formulas)
				}
			}
		})
	}
}

// shell returns states of the planar Kepler problem with one energy.
func shell(seed uint64, n int, energy float64) *tensors.Tensor {
	rng := rand.New(rand.NewPCG(seed, 0))
	var values []float64
	for len(values) < 4*n {
		x, y, direction := rng.NormFloat64(), rng.NormFloat64(), 2*math.Pi*rng.Float64()
		if square := 2 * (energy + 1/math.Hypot(x, y)); square > 0 {
			p := math.Sqrt(square)
			values = append(values, x, y, p*math.Cos(direction), p*math.Sin(direction))
		}
	}
	return tensors.FromFlatDataAndDimensions(values, n, 4)
}

// The brackets of the angular momentum and of the Laplace–Runge–Lenz vector close on a surface of
// one energy: as so(3) for bound orbits, as so(2,1) for others.
func TestKeplerBracketsDependOnTheEnergy(t *testing.T) {
	h, l := kepler(2, "x", "y", "u", "v")
	laws, err := Conserved(h, l, normal(1, 3000, 4, 1), network.Settings{})
	if err != nil {
		t.Fatal(err)
	}
	if laws.Algebra.Closed {
		t.Errorf("brackets close beyond one energy: %v", laws.Algebra)
	}
	for energy, want := range map[float64]string{-.5: "so(3)", .5: "so(2,1)"} {
		var vectors []Quantity // without the energy
		for _, q := range laws.Quantities {
			if q.Formula(1e-6) != "u² + v² − 2(1/r)" {
				vectors = append(vectors, q)
			}
		}
		p, err := Poisson(vectors, shell(2, 2000, energy), 0)
		if err != nil {
			t.Fatal(err)
		}
		if p.name() != want {
			t.Errorf("energy %g: %v, want %s", energy, p, want)
		}
	}
}

// Chaotic Hamiltonians conserve their energy alone.
func TestConservedFindsNoFalseLaws(t *testing.T) {
	runs := 6
	if testing.Short() {
		runs = 2
	}
	for seed := range uint64(runs) {
		rng := rand.New(rand.NewPCG(seed, 1))
		a, b, ε := .5+rng.Float64(), .5+rng.Float64(), -1.5*rng.Float64()-.2 // integrable for ε = 1/3, 2 and 16/3 only
		laws, err := Conserved(henonHeiles(a, b, ε), Monomials(3, "x", "y", "u", "v"), normal(seed, 3000, 4, 1), network.Settings{})
		if err != nil {
			t.Fatal(err)
		}
		if laws.Verdict.Answer == liegg.Symmetric && len(laws.Quantities) != 1 {
			t.Errorf("A = %g, B = %g, ε = %g: %v", a, b, ε, laws)
		}
	}
}

func TestQuantitiesHaveGenerators(t *testing.T) {
	l := Monomials(2, "x", "y", "u", "v")
	c := make([]float64, l.Dim())
	for i := range c {
		c[i] = float64(i + 1)
	}
	q := Quantity{l, c}
	a := q.Generator()
	states := normal(3, 5, 4, 1)
	fields, err := evaluate(states, func(z *Node) *Node {
		return Einsum("dk,bki->bdi", weights([]Quantity{q}, z), Canonical{library: l}.Tangents(z))
	})
	if err != nil {
		t.Fatal(err)
	}
	z, err := evaluate(states, func(z *Node) *Node { return z })
	if err != nil {
		t.Fatal(err)
	}
	for s := range 5 {
		for i := range 4 {
			want := a.At(i, 4)
			for j := range 4 {
				want += a.At(i, j) * z.At(s, j)
			}
			if got := fields.At(s, i); math.Abs(got-want) > 1e-12 {
				t.Errorf("state %d, coordinate %d: the field is %g, the generator gives %g", s, i, got, want)
			}
		}
	}
}

func TestMisuse(t *testing.T) {
	odd := strings.Fields("x y u")
	expect.Panic(t, "even dimension", func() { Monomials(2, odd...) })
	expect.Panic(t, "degree", func() { Monomials(0, "x", "u") })
	expect.Panic(t, "differ", func() { Monomials(2, "x", "x") })
	two := network.Exact(func(z *Node) *Node { return z })
	if _, err := Conserved(two, Monomials(2, "x", "u"), normal(1, 300, 2, 1), network.Settings{}); err == nil {
		t.Error("a Hamiltonian of two outputs passes")
	}
	if _, err := Conserved(two, Monomials(2, "x", "u"), normal(1, 300, 4, 1), network.Settings{}); err == nil {
		t.Error("states of another size pass")
	}
}
