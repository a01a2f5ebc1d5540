package polynomial

import (
	"fmt"

	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/internal/monomial"
)

// Closure describes the brackets of vector fields. Brackets of polynomial
// fields of degree p have degrees up to 2p − 1, so a space of candidates of
// limited degree holds only some of them. Closure can only be tested for
// these.
type Closure struct {
	// Degree is the degree of the candidates.
	Degree int
	// Brackets is the number of pairs of fields. The brackets of Beyond of
	// them have terms of a higher degree, above a tenth of the bracket in
	// size: noise in the fields is multiplied by their degrees.
	Brackets, Beyond int
	// Residual is the largest distance of the other brackets from the span of
	// the fields, for fields with coefficients of unit norm: 0 for a Lie
	// algebra.
	Residual float64
}

// bracketNoise is the share of a bracket that counts as noise.
const bracketNoise = .1

// Closure tests whether the fields close under the bracket, as far as
// candidates up to a degree can tell.
func (f Fields) Closure(degree int) Closure {
	c := Closure{Degree: degree}
	if len(f) == 0 {
		return c
	}
	unit := make(Fields, len(f))
	for i, field := range f {
		unit[i] = field.unit()
	}
	span := unit.columns(degree)
	var qr mat.QR
	qr.Factorize(span)
	for i := range unit {
		for j := range i {
			c.add(unit[j].Bracket(unit[i]), span, &qr)
		}
	}
	return c
}

// add includes a bracket. The least-squares fit works even if the fields of
// the span depend on each other.
func (c *Closure) add(bracket Field, span *mat.Dense, qr *mat.QR) {
	c.Brackets++
	whole := mat.Norm(bracket.Coefficients, 2)
	low := Fields{bracket}.columns(c.Degree)
	if whole*whole-mat.Dot(low.ColView(0), low.ColView(0)) > bracketNoise*bracketNoise*whole*whole {
		c.Beyond++
		return
	}
	var h, rest mat.Dense
	_ = qr.SolveTo(&h, false, low)
	rest.Mul(span, &h)
	rest.Sub(low, &rest)
	c.Residual = max(c.Residual, mat.Norm(&rest, 2))
}

// unit returns the field scaled to coefficients of norm 1, or zero.
func (f Field) unit() Field {
	u := Field{f.Exponents, mat.DenseCopyOf(f.Coefficients)}
	if norm := mat.Norm(f.Coefficients, 2); norm > 0 {
		u.Coefficients.Scale(1/norm, u.Coefficients)
	}
	return u
}

// columns returns the coefficients up to a degree, one column per field.
func (f Fields) columns(degree int) *mat.Dense {
	n, _ := f[0].Coefficients.Dims()
	list := monomial.List(n, degree)
	at, m := monomial.Places(list), mat.NewDense(n*len(list), len(f), nil)
	for j, field := range f {
		for k, α := range field.Exponents {
			if column, ok := at[monomial.Key(α)]; ok {
				for i := range n {
					m.Set(i*len(list)+column, j, field.Coefficients.At(i, k))
				}
			}
		}
	}
	return m
}

// String says in words whether the fields close.
func (c Closure) String() string {
	judged := c.Brackets - c.Beyond
	switch {
	case c.Brackets == 0:
		return "no brackets"
	case judged == 0:
		return fmt.Sprintf("all %d brackets leave degree %d: whether the fields close cannot be told among candidates up to it", c.Brackets, c.Degree)
	case c.Beyond == 0:
		return fmt.Sprintf("all %d brackets stay within degree %d, and in the span of the fields to %s", c.Brackets, c.Degree, c.off())
	}
	return fmt.Sprintf("%d of %d brackets leave degree %d, where there are no candidates; the others lie in the span of the fields to %s",
		c.Beyond, c.Brackets, c.Degree, c.off())
}

// off returns the residual in figures, omitting mere rounding.
func (c Closure) off() string {
	if c.Residual < 1e-12 {
		return "≈0"
	}
	return fmt.Sprintf("%.1g", c.Residual)
}
