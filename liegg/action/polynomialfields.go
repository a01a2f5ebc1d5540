package action

import (
	"fmt"
	"slices"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/action/polynomial"
	"github.com/liegg/lab/liegg/internal/monomial"
	"github.com/liegg/lab/liegg/internal/spelling"
	"github.com/liegg/lab/liegg/lie"
)

// Velocity returns the field with coefficients h at each of the points.
func (p Polynomials) Velocity(h []float64) func(v, x []float64) {
	f := polynomial.Field{Exponents: p.candidates, Coefficients: p.coefficients(slices.Clone(h))}
	return func(v, x []float64) {
		for i := 0; i < len(x); i += p.n {
			point := x[i : i+p.n]
			if p.centre != nil {
				point = floats.SubTo(make([]float64, p.n), point, p.centre)
			}
			f.AtTo(v[i:i+p.n], point)
		}
	}
}

// Lift returns the generator of a field, such as one returned by Fields; it
// is the inverse of Field. It panics if the field is on another Rⁿ or of a
// higher degree than the candidates.
func (p Polynomials) Lift(f polynomial.Field) *mat.Dense {
	if n, _ := f.Coefficients.Dims(); n != p.n || f.Degree() > p.degree {
		panic(fmt.Sprintf("action: Lift: f must be a field on R%s of degree at most %d, got %v", spelling.Superscript(p.n), p.degree, f))
	}
	at, c := monomial.Places(p.candidates), mat.NewDense(p.n, len(p.candidates), nil)
	for k, α := range f.Exponents {
		if column, ok := at[monomial.Key(α)]; ok {
			for i := range p.n {
				c.Set(i, column, f.Coefficients.At(i, k))
			}
		}
	}
	return p.lifted(c)
}

// Describe writes the fields of an algebra of generators, with Report and
// Closure of polynomial.Fields; verdicts of package liegg print it. For an action that
// was taken about a centre it needs local generators, and says where their
// origin is.
func (p Polynomials) Describe(a lie.Algebra, tolerance float64) string {
	f := p.Fields(a, tolerance)
	text := f.Report(tolerance)
	if len(f) > 1 {
		text += "\n" + f.Closure(p.degree).String()
	}
	if p.centre != nil {
		text += "\nx is measured from " + lie.PointText(p.centre, 0)
	}
	return text
}

// Fields returns a readable basis of the fields that an algebra of generators
// spans: the reduced row echelon form of their coefficients, by coordinates
// and with the constant monomial first, so that ∂ₓ + 2x∂ᵧ has a leading 1.
// tolerance keeps noise from becoming a pivot, see lie.Echelon; 0 means .05.
func (p Polynomials) Fields(a lie.Algebra, tolerance float64) polynomial.Fields {
	if a.Dim() == 0 {
		return nil
	}
	m := len(p.candidates)
	size := max(m, p.n)
	square := make([]*mat.Dense, a.Dim())
	for d, h := range a.Basis() {
		square[d] = mat.NewDense(size, size, nil)
		c := p.Field(h).Coefficients
		for i := range p.n {
			for k := range m {
				square[d].Set(i, (k+1)%m, c.At(i, k))
			}
		}
	}
	var fields polynomial.Fields
	for _, e := range lie.Echelon(lie.Span("fields", square...), tolerance) {
		c := mat.NewDense(p.n, m, nil)
		c.Apply(func(i, k int, _ float64) float64 { return e.At(i, (k+1)%m) }, c)
		fields = append(fields, polynomial.Field{Exponents: p.candidates, Coefficients: c})
	}
	return fields
}
