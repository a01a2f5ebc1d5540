package action_test

import (
	"fmt"
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
