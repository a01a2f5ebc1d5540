package classification

import (
	"math"

	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/lie"
	"github.com/liegg/lab/liegg/lie/internal/dense"
)

// classical is so(p,q) or sp(n,R) on its whole space: all H with HᵀQ + QH = 0 for one
// symmetric or antisymmetric form Q. It is closed by definition, simple for n ≥ 5, and its
// form says all of it, so that it takes no structure constants to describe.
type classical struct {
	algebra lie.Algebra
	form    Form
}

// large is the dimension from which on the search for the nearest closed subspace saves
// work: its cost grows with n⁴·Dim².
const large = 20

// classicalNear returns the classical algebra of the form that a leaves invariant best, if
// it has the dimension of a and lies within 3·angle of it, so well within the reach of
// Identify.
func classicalNear(a lie.Algebra, angle float64) (c classical, ok bool) {
	symmetric := a.Dim() == a.Size()*(a.Size()-1)/2
	if a.Size() < 5 || homogeneous(a) || !symmetric && a.Dim() != a.Size()*(a.Size()+1)/2 {
		return c, false
	}
	forms := formsOfKind(a, 3*angle, symmetric)
	if len(forms) == 0 || forms[0].Signature.Zero > 0 {
		return c, false
	}
	c = classical{isometries(forms[0]), forms[0]}
	return c, c.algebra.Dim() == a.Dim() && lie.LargestAngle(a, c.algebra) <= 3*angle+1e-9
}

// isometries returns the algebra of the matrices Q⁻¹A, with A antisymmetric for a symmetric
// form and symmetric for an antisymmetric one.
func isometries(f Form) lie.Algebra {
	n, _ := f.Q.Dims()
	units := formUnits(n, !f.Symmetric)
	all := mat.NewDense(n*n, len(units), nil)
	for k, u := range units {
		var h mat.Dense
		if h.Solve(f.Q, u) != nil {
			return lie.Trivial(n)
		}
		all.SetCol(k, h.RawMatrix().Data)
	}
	basis := dense.Completed(all)
	gens := make([]*mat.Dense, len(units))
	for k := range gens {
		gens[k] = mat.NewDense(n, n, mat.Col(nil, k, basis))
	}
	return lie.Trivial(n).Renamed("").With(gens...)
}

// isolated reports whether the algebra is so far from every one with a radical that the
// angle error does not confuse the two. Radicals are looked for where Killing values are
// below killingTolerance·claims[0]·angle, in units of the squared size of ad. A frame that
// brings Q to signs has the condition number √r, r = s₁/s_n: it multiplies Killing values
// by at least 1/r², and that squared size by at most r⁴.
func (c classical) isolated(angle float64) bool {
	s := dense.SingularValues(c.form.Q)
	r := s[0] / s[len(s)-1]
	return claims[0]*KillingTolerance*angle*math.Pow(r, 6) < 1
}

// identity describes the algebra.
func (c classical) identity(angle float64) *Identity {
	n := c.algebra.Size()
	known := symplectic(n / 2)[0]
	if c.form.Symmetric {
		p, q := c.form.Signature.Plus, c.form.Signature.Minus
		known = orthogonal(min(p, q), max(p, q))
	}
	killing := Signature{Plus: known.plus, Minus: known.minus}
	name := nameSimple(killing, n, []float64{known.casimir})
	a := c.algebra.Renamed(name)
	return &Identity{
		Name:        name,
		Algebra:     a,
		Fingerprint: Fingerprint{Dim: a.Dim(), Derived: a.Dim(), Rank: n / 2, Killing: killing},
		Levi:        a.Renamed("Levi part"),
		Radical:     Subspace(a, "radical", nil),
		Ideals:      []lie.Algebra{a},
		IdealNames:  []string{name},
		Forms:       InvariantForms(a, angle),
	}
}
