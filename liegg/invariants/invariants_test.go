package invariants

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/internal/expect"
	"github.com/liegg/lab/liegg/lie"
)

// unitary returns u(n) on R²ⁿ, positions before momenta, as the intersection of so(2n) and sp(2n).
func unitary(n int) lie.Algebra {
	var gens []*mat.Dense
	for i := range n {
		for j := range n {
			m := mat.NewDense(2*n, 2*n, nil)
			if i < j { // real skew part
				for _, at := range []int{0, n} {
					m.Set(at+i, at+j, 1)
					m.Set(at+j, at+i, -1)
				}
			} else { // imaginary symmetric part
				m.Set(i, n+j, 1)
				m.Set(n+i, j, -1)
				m.Set(j, n+i, 1)
				m.Set(n+j, i, -1)
			}
			gens = append(gens, m)
		}
	}
	return lie.Span(fmt.Sprintf("u(%d)", n), gens...)
}

// torus returns rotations of n planes with whole frequencies, one generator for each list.
func torus(frequencies ...[]float64) lie.Algebra {
	var gens []*mat.Dense
	for _, list := range frequencies {
		m := mat.NewDense(2*len(list), 2*len(list), nil)
		for p, ω := range list {
			m.Set(2*p, 2*p+1, -ω)
			m.Set(2*p+1, 2*p, ω)
		}
		gens = append(gens, m)
	}
	return lie.Span("torus", gens...)
}

// binaryForms returns sl(2) on binary forms of a degree, with weights degree, degree−2, ….
func binaryForms(degree int) lie.Algebra {
	n := degree + 1
	e, f, h := mat.NewDense(n, n, nil), mat.NewDense(n, n, nil), mat.NewDense(n, n, nil)
	for k := range n {
		h.Set(k, k, float64(degree-2*k))
		if k > 0 {
			e.Set(k-1, k, float64(degree-k+1))
			f.Set(k, k-1, float64(k))
		}
	}
	return lie.Span("sl(2)", e, f, h)
}

func diagonal(weights ...float64) lie.Algebra {
	m := mat.DenseCopyOf(mat.NewDiagDense(len(weights), weights))
	return lie.Span("diagonal", m)
}

var known = []struct {
	name                  string
	algebra               lie.Algebra
	vectors, degree       int
	generators            string
	independent, expected int
}{
	{"so(2), one", lie.SO(2), 1, 4, "x·x", 1, 1},
	{"so(3), one", lie.SO(3), 1, 4, "x·x", 1, 1},
	{"so(3), two", lie.SO(3), 2, 4, "x·x, x·y, y·y", 3, 3},
	{"so(3), three", lie.SO(3), 3, 4, "x·x, x·y, x·z, y·y, y·z, z·z, det(x, y, z)", 6, 6},
	{"so(2), two", lie.SO(2), 2, 4, "x·x, x·y, det(x, y), y·y", 3, 3},
	{"so(5), two", lie.SO(5), 2, 4, "x·x, x·y, y·y", 3, 3},
	{"so(1,3), one", lie.SOpq(1, 3), 1, 4, "x₁² − x₂² − x₃² − x₄²", 1, 1},
	{"so(1,3), two", lie.SOpq(1, 3), 2, 2, "x₁² − x₂² − x₃² − x₄², x₁y₁ − x₂y₂ − x₃y₃ − x₄y₄, y₁² − y₂² − y₃² − y₄²", 3, 3},
	{"sp(2), two", lie.Sp(1), 2, 4, "det(x, y)", 1, 1},
	{"sp(4), two", lie.Sp(2), 2, 4, "x₁y₃ + x₂y₄ − x₃y₁ − x₄y₂", 1, 1},
	{"sp(4), one", lie.Sp(2), 1, 4, "", 0, 0},
	{"u(2), one", unitary(2), 1, 4, "x·x", 1, 1},
	{"u(2), two", unitary(2), 2, 4, "x·x, x·y, x₁y₃ + x₂y₄ − x₃y₁ − x₄y₂, y·y", 4, 4},
	{"u(3), one", unitary(3), 1, 4, "x·x", 1, 1},
	{"sl(2), two", lie.SL(2), 2, 4, "det(x, y)", 1, 1},
	{"sl(3), three", lie.SL(3), 3, 3, "det(x, y, z)", 1, 1},
	{"sl(2) on quadratic forms", binaryForms(2), 1, 4, "x₁x₃ − x₂²", 1, 1},
	{"sl(2) on cubic forms", binaryForms(3), 1, 4, "", 1, 1},
	{"resonance 1:2", torus([]float64{1, 2}), 1, 3, "", 3, 3},
	{"resonance 1:−1", torus([]float64{1, -1}), 1, 4, "", 3, 3},
	{"two rotations", torus([]float64{1, 0}, []float64{0, 1}), 1, 4, "x₁² + x₂², x₃² + x₄²", 2, 2},
	{"squeeze", diagonal(1, -1), 1, 4, "x₁x₂", 1, 1},
	{"weights 2, −1, −1", diagonal(2, -1, -1), 1, 4, "x₁x₂², x₁x₂x₃, x₁x₃²", 2, 2},
	{"scaling", lie.Scaling(3), 1, 4, "", 0, 2},
	{"trivial", lie.Trivial(3), 1, 4, "x₁, x₂, x₃", 3, 3},
	{"se(2), two points", lie.SE(2), 2, 2, "", 1, 1},
	{"translations, two points", lie.Translations(2), 2, 2, "x₁ − y₁, x₂ − y₂", 2, 2},
}

func names(v *Invariants) string {
	var list []string
	for _, p := range v.Generators {
		list = append(list, p.String())
	}
	return strings.Join(list, ", ")
}

func TestOf(t *testing.T) {
	for _, k := range known {
		t.Run(k.name, func(t *testing.T) {
			v := expect.OK(Of(k.algebra, k.vectors, Settings{Degree: k.degree}))(t)
			if got := names(v); k.generators != "" && got != k.generators {
				t.Errorf("invariants %s, want %s", got, k.generators)
			}
			if v.Independent != k.independent || v.Expected != k.expected || len(v.Doubts) > 0 {
				t.Errorf("%v; want %d of %d", v, k.independent, k.expected)
			}
			for _, p := range v.Generators {
				unchanged(t, p, k.algebra, k.vectors)
			}
		})
	}
}

// unchanged moves points by exp(A) and compares the values.
func unchanged(t *testing.T, p Polynomial, a lie.Algebra, c int) {
	t.Helper()
	random := rand.New(rand.NewPCG(3, 0))
	n := a.Size()
	if a.Homogeneous() {
		n--
	}
	for _, e := range a.Basis() {
		g := lie.Exp(e, .7)
		x, moved := make([]float64, n*c), make([]float64, n*c)
		for i := range x {
			x[i] = random.NormFloat64()
		}
		for v := range c {
			for i := range n {
				for j := range n {
					moved[v*n+i] += g.At(i, j) * x[v*n+j]
				}
				if a.Homogeneous() {
					moved[v*n+i] += g.At(i, n)
				}
			}
		}
		if before, after := p.At(x), p.At(moved); math.Abs(after-before) > 1e-7*(1+math.Abs(before)) {
			t.Errorf("%v changes from %g to %g", p, before, after)
		}
	}
}

// The discriminant of a cubic is the only invariant of binary cubic forms; its form is that of
// Olver, "Classical Invariant Theory", 1999, (2.30), for coefficients without binomials.
func TestDiscriminant(t *testing.T) {
	v := expect.OK(Of(binaryForms(3), 1, Settings{}))(t)
	if len(v.Generators) != 1 || v.Generators[0].Degree() != 4 || len(v.Generators[0].coefficients) != 5 {
		t.Fatal(v)
	}
}

// Rotations of two planes at 1:2 leave |z|², |w|², Re z²w̄ and Im z²w̄.
func TestResonance(t *testing.T) {
	v := expect.OK(Of(torus([]float64{1, 2}), 1, Settings{Degree: 3}))(t)
	if got := names(v); got != "x₁² + x₂², x₃² + x₄², x₁²x₃ + 2x₁x₂x₄ − x₂²x₃, x₁²x₄ − 2x₁x₂x₃ − x₂²x₄" {
		t.Error(got)
	}
	irrational := expect.OK(Of(torus([]float64{1, math.Sqrt2}), 1, Settings{Degree: 4}))(t)
	if len(irrational.Generators) != 2 || irrational.Independent != 2 || irrational.Expected != 3 {
		t.Error(irrational)
	}
}

// so(3) on three vectors has seven generators, with the relation det² = the determinant of inner products.
func TestRelations(t *testing.T) {
	v := expect.OK(Of(lie.SO(3), 3, Settings{}))(t)
	if last := v.Generators[6]; last.Independent || last.Label != "det(x, y, z)" {
		t.Error(v)
	}
}

func TestCasimirs(t *testing.T) {
	heisenberg := lie.Span("heisenberg", single(3, 0, 1), single(3, 1, 2), single(3, 0, 2))
	for _, c := range []struct {
		algebra lie.Algebra
		degrees string
		rank    int
	}{
		{lie.SO(3), "[2]", 1}, {lie.SO(4), "[2 2]", 2}, {lie.SOpq(1, 3), "[2 2]", 2}, {lie.SL(3), "[2 3]", 2},
		{lie.SE(3), "[2 2]", 2}, {lie.SE(2), "[2]", 1}, {heisenberg, "[1]", 1}, {unitary(2), "[1 2]", 2},
		{lie.Affine(1), "[]", 0}, {lie.Sp(2), "[2 4]", 2},
	} {
		v := expect.OK(Casimirs(c.algebra, Settings{}))(t)
		var degrees []int
		for _, p := range v.Generators {
			degrees = append(degrees, p.Degree())
		}
		if fmt.Sprint(degrees) != c.degrees || v.Expected != c.rank || v.Independent != c.rank {
			t.Errorf("%s: degrees %v, want %s: %v", c.algebra.Name(), degrees, c.degrees, v)
		}
	}
	v := expect.OK(Casimirs(lie.SO(3), Settings{Coordinates: []string{"Lx", "Ly", "Lz"}}))(t)
	if names(v) != "Lx² + Ly² + Lz²" {
		t.Error(v)
	}
}

func single(n, i, j int) *mat.Dense {
	m := mat.NewDense(n, n, nil)
	m.Set(i, j, 1)
	return m
}

// noisy turns each generator by an angle in a random direction.
func noisy(a lie.Algebra, angle float64, seed uint64) lie.Algebra {
	random := rand.New(rand.NewPCG(seed, 0))
	var gens []*mat.Dense
	for _, e := range a.Basis() {
		n := a.Size()
		noise := mat.NewDense(n, n, nil)
		for i := range n {
			for j := range n {
				noise.Set(i, j, random.NormFloat64())
			}
		}
		noise.Scale(angle/mat.Norm(noise, 2), noise)
		e.Add(e, noise)
		gens = append(gens, e)
	}
	return lie.Span(a.Name(), gens...)
}

// Generators that are off by a degree have the same invariants, near the exact ones.
func TestNoisy(t *testing.T) {
	const degree = math.Pi / 180
	doubtful := 0
	for _, k := range known {
		if k.algebra.Homogeneous() || k.algebra.Dim() == 0 {
			continue
		}
		for seed := range uint64(3) {
			v, err := Of(noisy(k.algebra, degree, seed), k.vectors, Settings{Degree: k.degree, Angle: 1.5 * degree})
			if err != nil {
				t.Errorf("%s: %v", k.name, err)
				continue
			}
			exact := expect.OK(Of(k.algebra, k.vectors, Settings{Degree: k.degree}))(t)
			if len(v.Doubts) > 0 {
				doubtful++
			}
			if len(v.Doubts) == 0 && (len(v.Generators) != len(exact.Generators) || v.Expected != k.expected) {
				t.Errorf("%s, seed %d: %v\nexact: %v", k.name, seed, v, exact)
			}
		}
	}
	if doubtful > 6 {
		t.Errorf("%d of these answers are doubted", doubtful)
	}
}

func TestMisuse(t *testing.T) {
	expect.Panic(t, "c ≥ 1", func() { Of(lie.SO(3), 0, Settings{}) })
	expect.Panic(t, "Settings.Vectors", func() { Of(lie.SO(3), 2, Settings{Vectors: []string{"x"}}) })
	expect.Panic(t, "Settings.Coordinates", func() { Of(lie.SO(3), 1, Settings{Coordinates: []string{"x"}}) })
	_, err := Of(lie.Span("open", single(2, 0, 1), single(2, 1, 0)), 1, Settings{})
	expect.Error(t, err, "no Lie algebra")
	_, err = Of(lie.SO(14), 1, Settings{Degree: 6})
	expect.Error(t, err, "lower Settings.Degree")
	_, err = Of(lie.SO(2), 1, Settings{Angle: .5})
	expect.Error(t, err, "too large to tell invariants", "below 0.1")
}
