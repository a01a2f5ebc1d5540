package action

import (
	"math"

	"github.com/gomlx/compute/dtypes"
	"gonum.org/v1/gonum/mat"
)

// centred uses the monomials of the difference from the mean of all points.
func (p Polynomials) centred(values []float64, dtype dtypes.DType) Action {
	p.centre = centreOf(values, p.n, dtype)
	return p
}

func (p Polynomials) translates() bool { return true }

// LocalGenerator is Generator with the fields in coordinates whose origin is
// the centre.
func (p Polynomials) LocalGenerator(h []float64) *mat.Dense { return p.lifted(p.coefficients(h)) }

// Centring is x ↦ x − c up to degree 1: see Centred. Lifts of a higher degree
// drop different monomials about another point, so no matrix transforms them.
func (p Polynomials) Centring() *mat.Dense {
	if p.degree > 1 {
		return nil
	}
	return away(p.centre)
}

// fromCentre converts coefficients over monomials of x − c to coefficients
// over the same monomials of x.
func (p Polynomials) fromCentre(local *mat.Dense) *mat.Dense {
	if p.centre == nil {
		return local
	}
	var c mat.Dense
	c.Mul(local, p.expansion(-1))
	return &c
}

// localCoefficients is Coefficients for generators in the coordinates of the
// inputs.
func (p Polynomials) localCoefficients(matrices []*mat.Dense) (h *mat.Dense, off []float64, err error) {
	atOrigin := p
	atOrigin.centre = nil
	h, off, err = Coefficients(atOrigin, matrices...)
	if err != nil {
		return nil, nil, err
	}
	for j := range matrices {
		var local mat.Dense
		local.Mul(p.coefficients(mat.Col(nil, j, h)), p.expansion(1))
		h.SetCol(j, local.RawMatrix().Data)
	}
	return h, off, nil
}

// expansion returns E with (x ± c)^α = Σ_β E_αβ x^β over the candidates'
// monomials, by the binomial theorem: E_αβ = Π_i C(α_i, β_i)·(±c_i)^(α_i −
// β_i).
func (p Polynomials) expansion(sign float64) *mat.Dense {
	m := len(p.candidates)
	e := mat.NewDense(m, m, nil)
	e.Apply(func(row, column int, _ float64) float64 {
		product := 1.0
		for i, α := range p.candidates[row] {
			β := p.candidates[column][i]
			if β > α {
				return 0
			}
			product *= binomial(α, β) * math.Pow(sign*p.centre[i], float64(α-β))
		}
		return product
	}, e)
	return e
}

// binomial returns C(n, k) for k ≤ n.
func binomial(n, k int) float64 {
	b := 1.0
	for i := range k {
		b = b * float64(n-i) / float64(i+1)
	}
	return b
}

var _ Centred = Polynomials{}
