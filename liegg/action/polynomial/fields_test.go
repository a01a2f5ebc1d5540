package polynomial_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/action/polynomial"
	"github.com/liegg/lab/liegg/lie"
)

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
	unit := func(k int) polynomial.Field { return p.Field(field(p, map[int]float64{k: 3})) }
	if c := (polynomial.Fields{unit(2), unit(0), unit(1)}).Closure(2); c.Beyond != 0 || c.Brackets != 3 || !(c.Residual < 1e-15) {
		t.Errorf("∂, x∂, x²∂: %+v", c)
	}
	if c := (polynomial.Fields{unit(2), unit(1)}).Closure(2); c.Beyond != 0 || !(math.Abs(c.Residual-2) < 1e-12) {
		t.Errorf("∂, x²∂: %+v, want the residual 2 of 2x∂", c)
	}
	q := action.Polynomial(2, 1, 2)
	cubic := polynomial.Fields{q.Field(field(q, map[int]float64{2: 1})), q.Field(field(q, map[int]float64{3: 1}))} // x²∂ₓ, xy∂ₓ
	if c := cubic.Closure(2); c.Beyond != 1 || c.Residual != 0 {
		t.Errorf("x²∂ₓ and xy∂ₓ: %+v, want one bracket x²y∂ₓ of degree 3", c)
	}
	if c := (polynomial.Fields{}).Closure(2); c.String() != "no brackets" {
		t.Error(c)
	}
}

func random(rng *rand.Rand, k int) []float64 {
	h := make([]float64, k)
	for i := range h {
		h[i] = rng.NormFloat64()
	}
	return h
}
