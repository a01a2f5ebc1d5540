// Package polynomial writes polynomial vector fields on Rⁿ as formulas, and tells which of them are
// independent and whether their brackets close. An action.Polynomial has them as candidates.
package polynomial

import (
	"fmt"
	"math"
	"strings"

	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/internal/monomial"
	"github.com/liegg/lab/liegg/internal/spelling"
)

// Field is a polynomial vector field on Rⁿ, v(x) = Σ_iα c_iα x^α ∂_i.
type Field struct {
	Exponents    [][]int    // α of each monomial, n numbers each
	Coefficients *mat.Dense // c, n×M: one row per coordinate, one column per monomial
}

// At returns the velocity v(x). It panics unless x has n coordinates.
func (f Field) At(x []float64) []float64 {
	n, _ := f.Coefficients.Dims()
	if len(x) != n {
		panic(fmt.Sprintf("polynomial: Field.At: x must have %d coordinates, got %d", n, len(x)))
	}
	v := make([]float64, n)
	f.AtTo(v, x)
	return v
}

// AtTo writes v(x) to v. Both have n numbers.
func (f Field) AtTo(v, x []float64) {
	clear(v)
	for k, α := range f.Exponents {
		value := monomial.Power(x, α)
		for i := range v {
			v[i] += f.Coefficients.At(i, k) * value
		}
	}
}

// Bracket returns the Lie bracket of the fields, [v,w] = (v·∂)w − (w·∂)v, in
// full degree. It panics unless both are on the same Rⁿ.
func (f Field) Bracket(g Field) Field {
	n, _ := f.Coefficients.Dims()
	if m, _ := g.Coefficients.Dims(); m != n {
		panic(fmt.Sprintf("polynomial: Field.Bracket: fields on R%s and R%s", spelling.Superscript(n), spelling.Superscript(m)))
	}
	list := monomial.List(n, max(0, f.Degree()+g.Degree()-1))
	b := Field{list, mat.NewDense(n, len(list), nil)}
	at := monomial.Places(list)
	b.derive(f, g, at, 1)
	b.derive(g, f, at, -1)
	return b
}

// derive adds sign·(v·∂)w.
func (b Field) derive(v, w Field, at map[string]int, sign float64) {
	n, _ := b.Coefficients.Dims()
	product := make([]int, n)
	for k, α := range v.Exponents {
		for l, β := range w.Exponents {
			for j, e := range β {
				if e == 0 || v.Coefficients.At(j, k) == 0 {
					continue
				}
				for i := range product {
					product[i] = α[i] + β[i]
				}
				product[j]--
				for i := range n {
					if term := sign * v.Coefficients.At(j, k) * float64(e) * w.Coefficients.At(i, l); term != 0 {
						column := at[monomial.Key(product)]
						b.Coefficients.Set(i, column, b.Coefficients.At(i, column)+term)
					}
				}
			}
		}
	}
}

// Degree returns the largest degree of a monomial with a coefficient.
func (f Field) Degree() int {
	most := 0
	for k, α := range f.Exponents {
		if mat.Norm(f.Coefficients.ColView(k), 1) > 0 {
			most = max(most, monomial.Degree(α))
		}
	}
	return most
}

// String returns Formula(0).
func (f Field) String() string { return f.Formula(0) }

// Formula writes the field as, for example, "∂₁ + 2x₁∂₂", with two
// significant digits and without coefficients below tolerance times the
// largest; a tolerance of 0 means 1e-9. Unlike lie.Formula it does not
// rescale. With names, one for each coordinate, it is "∂ₓ + 2x∂ᵧ". The zero
// field is "0". Formula panics if names are given but not n of them.
func (f Field) Formula(tolerance float64, names ...string) string {
	n, m := f.Coefficients.Dims()
	if len(names) != 0 && len(names) != n {
		panic(fmt.Sprintf("polynomial: Formula: names: %d for %d coordinates", len(names), n))
	}
	if tolerance == 0 {
		tolerance = 1e-9
	}
	least := tolerance * mat.Max(absolute(f.Coefficients))
	var text strings.Builder
	for i := range n {
		for k := range m {
			k = (k + m - 1) % m // the constant first
			if v := f.Coefficients.At(i, k); v != 0 && math.Abs(v) >= least {
				monomial.WriteTerm(&text, v, monomial.Text(f.Exponents[k], names)+derivative(i, names))
			}
		}
	}
	if text.Len() == 0 {
		return "0"
	}
	return text.String()
}

func absolute(m *mat.Dense) *mat.Dense {
	var a mat.Dense
	a.Apply(func(_, _ int, v float64) float64 { return math.Abs(v) }, m)
	return &a
}

// derivative returns ∂₁, or ∂ₓ if all names have subscript letters.
func derivative(i int, names []string) string {
	if len(names) == 0 {
		return "∂" + spelling.Subscript(i+1)
	}
	below := map[string]string{"x": "ₓ", "y": "ᵧ"} // the latter is a gamma, because there is no subscript y
	for _, name := range names {
		if below[name] == "" {
			return "∂" + names[i]
		}
	}
	return "∂" + below[names[i]]
}
