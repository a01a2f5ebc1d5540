package action_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg"
	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/internal/expect"
	"github.com/liegg/lab/liegg/lie"
)

// normals draws n inputs of N(0,1).
func normals(seed uint64, n, size int) *tensors.Tensor {
	return tensors.FromFlatDataAndDimensions(random(rand.New(rand.NewPCG(seed, 0)), n*size), n, size)
}

// spectrum returns the spectrum of an exact scalar function f at the inputs x.
func spectrum(t *testing.T, a action.Action, f func(x *Node) *Node, x *tensors.Tensor) *liegg.Spectrum {
	t.Helper()
	n, k := x.Shape().Dim(0), a.Dim()
	gradient := func(x *Node) *Node { return Gradient(ReduceAllSum(f(x)), x)[0] }
	rows := call(t, func(x *Node) *Node { return action.Contract(a, x, gradient(x)) }, x)
	metric := call(t, func(x *Node) *Node { return action.Metric(a, x, action.DualNorm(a, gradient(x))) }, x)
	p := liegg.NewPolarization(k)
	if err := p.Add(liegg.Chunk{Samples: n, Outputs: 1, Rows: mat.NewDense(n, k, rows), Metric: mat.NewSymDense(k, metric)}); err != nil {
		t.Fatal(err)
	}
	s, err := p.Spectrum(a)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// zeros counts the singular values that are zero to 1e-10 of the largest.
func zeros(s *liegg.Spectrum) int {
	d := 0
	for d < s.K && s.BySingular[d].Singular < 1e-10*s.BySingular[s.K-1].Singular {
		d++
	}
	return d
}

// parabola is sin(y − x²): it keeps its value along ∂ₓ + 2x∂ᵧ.
func parabola(p *Node) *Node {
	return Sin(Sub(Slice(p, AxisRange(), AxisElem(1)), Square(Slice(p, AxisRange(), AxisElem(0)))))
}

func TestFieldsOfParabola(t *testing.T) {
	x := normals(11, 400, 2)
	for _, c := range []struct {
		degree int
		want   [][]float64 // coefficients by the monomials x, y, x², xy, y², 1
		report string
	}{
		{1, [][]float64{{0, 0, 1, 2, 0, 0}}, "∂ₓ + 2x∂ᵧ\n1 field"},
		{2, [][]float64{
			{0, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 0},
			{1, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0},
			{0, 1, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0},
		}, "∂ₓ + 2x∂ᵧ\nx∂ₓ + 2x²∂ᵧ\ny∂ₓ + 2xy∂ᵧ\n3 fields, of rank 1 at a generic point: they are function multiples of one field"},
	} {
		p := action.Polynomial(2, 1, c.degree)
		s := spectrum(t, p, parabola, x)
		d := zeros(s)
		if d != len(c.want) {
			t.Fatalf("degree %d: %d fields, want %d\n%v", c.degree, d, len(c.want), s)
		}
		var gens []*mat.Dense
		for _, h := range c.want {
			gens = append(gens, p.Generator(h))
		}
		if θ := lie.LargestAngle(s.Algebra(d), lie.Span("multiples", gens...)); θ > 1e-10 {
			t.Errorf("degree %d: %g off the true fields", c.degree, θ)
		}
		if got := p.Fields(s.Algebra(d), 0).Report(0, "x", "y"); got != c.report {
			t.Errorf("degree %d: reports\n%s\nwant\n%s", c.degree, got, c.report)
		}
	}
}

func TestFunctionWithoutPolynomialFields(t *testing.T) {
	f := func(p *Node) *Node {
		return Add(Exp(Slice(p, AxisRange(), AxisElem(0))), Sin(Slice(p, AxisRange(), AxisElem(1))))
	}
	if d := zeros(spectrum(t, action.Polynomial(2, 1, 2), f, normals(12, 400, 2))); d != 0 {
		t.Errorf("eˣ + sin y has %d fields of degree 2", d)
	}
}

// The velocities agree with the fields, and follow from the lift: d/dt m = L·m.
func TestPolynomialVelocities(t *testing.T) {
	rng := rand.New(rand.NewPCG(13, 0))
	for _, c := range []struct{ n, copies, degree, k int }{{2, 1, 2, 12}, {3, 2, 3, 60}, {1, 2, 0, 1}, {4, 1, 1, 20}} {
		p := action.Polynomial(c.n, c.copies, c.degree)
		if p.Dim() != c.k {
			t.Errorf("%+v: K = %d", c, p.Dim())
		}
		x := normal(rng, c.n*c.copies)
		flow := func(h []float64, t float64, x []float64) []float64 { // to first order
			field := p.Field(p.Generator(h))
			moved := append([]float64{}, x...)
			for v := 0; v < len(x); v += c.n {
				for i, velocity := range field.At(x[v : v+c.n]) {
					moved[v+i] += t * velocity
				}
			}
			return moved
		}
		if err := action.Agrees(backend(), p, x, flow); err != nil {
			t.Errorf("%+v: %v", c, err)
		}
	}
}

// Degree 1 is the affine action, except for the order of its coefficients.
func TestPolynomialsOfDegreeOneAreAffine(t *testing.T) {
	p, a := action.Polynomial(3, 2, 1), action.Affine(3, 2)
	h := random(rand.New(rand.NewPCG(14, 0)), 12)
	if !mat.Equal(p.Generator(h), a.Generator(h)) {
		t.Error("generators differ")
	}
	x := normal(rand.New(rand.NewPCG(15, 0)), 6)
	expect.Near(t, "Tangents", call(t, p.Tangents, x), call(t, a.Tangents, x), 1e-15)
}

// field has a coefficient for each of some monomials ∂_i.
func field(p action.Polynomials, coefficients map[int]float64) *mat.Dense {
	h := make([]float64, p.Dim())
	for k, v := range coefficients {
		h[k] = v
	}
	return p.Generator(h)
}

// On the line ∂, x∂, x²∂ are sl(2,R). Degree 2 truncates their lifts, so these do not close. The brackets
// of fields are exact, and equal the negative field rows of the brackets of lifts.
func TestBracketOfFields(t *testing.T) {
	p := action.Polynomial(1, 1, 2) // x, x², 1
	x2, one := field(p, map[int]float64{1: 1}), field(p, map[int]float64{2: 1})
	if got := p.Field(one).Bracket(p.Field(x2)).String(); got != "2x₁∂₁" {
		t.Errorf("[∂, x²∂] = %s", got)
	}
	q := action.Polynomial(3, 1, 2)
	rng := rand.New(rand.NewPCG(16, 0))
	a, b := q.Generator(random(rng, q.Dim())), q.Generator(random(rng, q.Dim()))
	point := random(rng, 3)
	want := q.Field(a).Bracket(q.Field(b)).At(point)
	var bracket mat.VecDense
	bracket.MulVec(lie.Bracket(a, b), mat.NewVecDense(20, upToThree(point)))
	for i, w := range want {
		if got := -bracket.AtVec(i); math.Abs(got-w) > 1e-12*(1+math.Abs(w)) {
			t.Errorf("component %d of the bracket is %g by lifts, %g by fields", i, got, w)
		}
	}
}

// upToThree lists the monomials of three variables up to degree 3 as documented.
func upToThree(x []float64) []float64 {
	var m []float64
	for degree := 1; degree <= 3; degree++ {
		for i := degree; i >= 0; i-- {
			for j := degree - i; j >= 0; j-- {
				m = append(m, math.Pow(x[0], float64(i))*math.Pow(x[1], float64(j))*math.Pow(x[2], float64(degree-i-j)))
			}
		}
	}
	return append(m, 1)
}

func TestRankOfFields(t *testing.T) {
	p := action.Polynomial(3, 1, 1)
	so3 := lie.SpanAffine("so(3)",
		field(p, map[int]float64{1: 1, 4: -1}), field(p, map[int]float64{2: 1, 8: -1}), field(p, map[int]float64{6: 1, 9: -1}))
	f := p.Fields(so3, 0)
	if got := f.Rank(0); len(f) != 3 || got != 2 {
		t.Errorf("%d rotations of rank %d, want 3 that move along spheres, rank 2:\n%v", len(f), got, f)
	}
	if f := p.Fields(lie.Trivial(4), 0); f.Rank(0) != 0 || f.String() != "no fields" {
		t.Errorf("no fields: %q", f)
	}
}

func ExamplePolynomials_Fields() {
	p := action.Polynomial(2, 1, 2)
	h := make([]float64, p.Dim())
	h[5], h[6] = .5, 1 // ½∂ₓ + x∂ᵧ
	found := lie.Span("found", p.Generator(h))
	fmt.Println(p.Fields(found, 0).Report(0, "x", "y"))
	// Output:
	// ∂ₓ + 2x∂ᵧ
	// 1 field
}

func TestFormulaOfFields(t *testing.T) {
	p := action.Polynomial(3, 1, 2) // x, y, z, x², xy, xz, y², yz, z², 1
	f := p.Field(field(p, map[int]float64{1: -1, 10: 1, 19: -2.5, 24: 1e-12}))
	for got, want := range map[string]string{
		f.String():                      "−x₂∂₁ − 2.5∂₂ + x₁∂₂",
		f.Formula(.5, "x", "y", "z"):    "−2.5∂y",
		p.Field(field(p, nil)).String(): "0",
	} {
		if got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

// ExampleFields_Closure: of the multiples of ∂ₓ + 2x∂ᵧ by 1, x and y the bracket of
// the latter two is (2x² − y)(∂ₓ + 2x∂ᵧ), of degree 3.
func ExampleFields_Closure() {
	p := action.Polynomial(2, 1, 2) // x, y, x², xy, y², 1
	fields := p.Fields(lie.Span("multiples", field(p, map[int]float64{5: 1, 6: 2}),
		field(p, map[int]float64{0: 1, 8: 2}), field(p, map[int]float64{1: 1, 9: 2})), 0)
	fmt.Println(fields[1].Bracket(fields[2]).Formula(0, "x", "y"))
	fmt.Println(fields.Closure(2))
	// Output:
	// −y∂ₓ + 2x²∂ₓ − 2xy∂ᵧ + 4x³∂ᵧ
	// 1 of 3 brackets leave degree 2, where there are no candidates; the others lie in the span of the fields to ≈0
}

// On the line ∂, x∂ and x²∂ close, and without x∂ they do not.
func TestClosureOfFields(t *testing.T) {
	p := action.Polynomial(1, 1, 2) // x, x², 1
	unit := func(k int) action.Field { return p.Field(field(p, map[int]float64{k: 3})) }
	if c := (action.Fields{unit(2), unit(0), unit(1)}).Closure(2); c.Beyond != 0 || c.Brackets != 3 || !(c.Residual < 1e-15) {
		t.Errorf("∂, x∂, x²∂: %+v", c)
	}
	if c := (action.Fields{unit(2), unit(1)}).Closure(2); c.Beyond != 0 || !(math.Abs(c.Residual-2) < 1e-12) {
		t.Errorf("∂, x²∂: %+v, want the residual 2 of 2x∂", c)
	}
	q := action.Polynomial(2, 1, 2)
	cubic := action.Fields{q.Field(field(q, map[int]float64{2: 1})), q.Field(field(q, map[int]float64{3: 1}))} // x²∂ₓ, xy∂ₓ
	if c := cubic.Closure(2); c.Beyond != 1 || c.Residual != 0 {
		t.Errorf("x²∂ₓ and xy∂ₓ: %+v, want one bracket x²y∂ₓ of degree 3", c)
	}
	if c := (action.Fields{}).Closure(2); c.String() != "no brackets" {
		t.Error(c)
	}
}

// Lift and Field are each other's inverse.
func TestLiftOfFields(t *testing.T) {
	p := action.Polynomial(2, 1, 2)
	h := p.Generator(random(rand.New(rand.NewPCG(18, 0)), p.Dim()))
	if !mat.Equal(p.Lift(p.Field(h)), h) {
		t.Error("the lift of a generator's field is another")
	}
	linear := action.Polynomial(2, 1, 1)
	if got := p.Field(p.Lift(linear.Field(field(linear, map[int]float64{1: 2})))).String(); got != "2x₂∂₁" {
		t.Errorf("the field 2x₂∂₁ among candidates of degree 2 is %s", got)
	}
	defer func() {
		if recover() == nil {
			t.Error("a field of degree 2 was lifted among linear ones")
		}
	}()
	linear.Lift(p.Field(h))
}
