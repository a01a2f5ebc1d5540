package classification

import (
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/lie"
	"github.com/liegg/lab/liegg/lie/internal/dense"
)

// simpleForm is a real simple Lie algebra in its defining representation.
type simpleForm struct {
	name        string
	plus, minus int     // signs of the Killing form; they add up to the dimension
	size        int     // real dimension of the defining representation
	casimir     float64 // value of the Casimir element there; it is 1 in the adjoint
}

// simpleForms returns the real simple algebras with a defining representation
// of dimension n or less, and always so(3). An algebra with several such
// representations, such as so(5) and sp(2), is listed for each. Signatures
// and isomorphisms follow Helgason, Differential Geometry, Lie Groups, and
// Symmetric Spaces (1978), ch. X; compact directions count as minus.
func simpleForms(n int) []simpleForm {
	var out []simpleForm
	for k := 2; k <= n; k++ {
		out = append(out, specialLinear(k)...)
		for p := range k/2 + 1 {
			out = append(out, unitary(p, k-p))
		}
		for p := range k/2 + 1 {
			if k == 3 || k > 4 || k == 4 && p == 1 {
				out = append(out, orthogonal(p, k-p))
			}
		}
		out = append(out, symplectic(k)...)
	}
	out = append(out, simpleForm{"g2", 0, 14, 7, .5}, simpleForm{"g2(2)", 8, 6, 7, .5})
	return slices.DeleteFunc(out, func(f simpleForm) bool { return f.size > max(n, 3) })
}

// specialLinear returns sl(k) over the real numbers, complex numbers and
// quaternions.
func specialLinear(k int) []simpleForm {
	d, c := k*k-1, linearCasimir(k)
	compact := k * (k - 1) / 2
	return []simpleForm{
		{fmt.Sprintf("sl(%d,R)", k), d - compact, compact, k, c},
		{fmt.Sprintf("sl(%d,C)", k), d, d, 2 * k, c},
		{fmt.Sprintf("sl(%d,H)", k), 4*k*k - 1 - k*(2*k+1), k * (2*k + 1), 4 * k, linearCasimir(2 * k)},
	}
}

// linearCasimir returns (k²−1)/2k², because the Killing form of sl(k) is
// 2k·tr.
func linearCasimir(k int) float64 { return float64(k*k-1) / float64(2*k*k) }

// unitary returns su(p,q), or su(q) for p = 0.
func unitary(p, q int) simpleForm {
	k := p + q
	return simpleForm{signed("su", p, q), 2 * p * q, p*p + q*q - 1, 2 * k, linearCasimir(k)}
}

// orthogonal returns so(p,q), or so(q) for p = 0. The Lorentzian one in three
// dimensions is written so(2,1), as is usual.
func orthogonal(p, q int) simpleForm {
	n := p + q
	name := signed("so", p, q)
	if n == 3 && p == 1 {
		name = "so(2,1)"
	}
	return simpleForm{name, p * q, (p*(p-1) + q*(q-1)) / 2, n, float64(n-1) / float64(2*(n-2))}
}

// symplectic returns sp in 2k real or complex dimensions, and over k
// quaternions.
func symplectic(k int) []simpleForm {
	d, c := k*(2*k+1), float64(2*k+1)/float64(4*(k+1))
	out := []simpleForm{
		{fmt.Sprintf("sp(%d,R)", 2*k), d - k*k, k * k, 2 * k, c},
		{fmt.Sprintf("sp(%d,C)", 2*k), d, d, 4 * k, c},
	}
	for p := range k/2 + 1 {
		q := k - p
		out = append(out, simpleForm{signed("sp", p, q), 4 * p * q, p*(2*p+1) + q*(2*q+1), 4 * k, c})
	}
	return append(out, simpleForm{fmt.Sprintf("so*(%d)", 2*k), k * (k - 1), k * k, 4 * k, float64(2*k-1) / float64(4*(k-1))})
}

// signed writes a name with its signature, the smaller count first.
func signed(name string, p, q int) string {
	if p == 0 {
		return fmt.Sprintf("%s(%d)", name, q)
	}
	return fmt.Sprintf("%s(%d,%d)", name, p, q)
}

// simpleIdeal is a simple ideal with the invariants of its matrices.
type simpleIdeal struct {
	name    string
	algebra lie.Algebra
	casimir *mat.Dense // Σ (K⁻¹)_ij H_i·H_j
	values  []float64  // its non-zero eigenvalues
	scaled  bool       // whether the identity on its space goes with it
}

// newSimpleIdeal names an ideal by its Killing form and by the value of its
// Casimir element in the given representation. so(1,3) and sl(2,C) are the
// same algebra, acting on vectors and on spinors.
func newSimpleIdeal(a lie.Algebra) simpleIdeal {
	s := lie.Structure(a)
	k := s.Killing()
	out := simpleIdeal{algebra: a}
	var inverse mat.Dense
	if inverse.Inverse(k) != nil {
		return out
	}
	out.casimir = casimirOf(a, &inverse)
	out.values = nonZeroEigenvalues(out.casimir)
	out.name = nameSimple(SignatureOf(k, 0), a.Size(), out.values)
	out.algebra = out.algebra.Renamed(out.name)
	return out
}

func casimirOf(a lie.Algebra, inverse *mat.Dense) *mat.Dense {
	c := mat.NewDense(a.Size(), a.Size(), nil)
	var part mat.Dense
	basis := a.Basis()
	for i, x := range basis {
		dual := mat.NewDense(a.Size(), a.Size(), nil)
		for j, y := range basis {
			dense.AddScaled(dual, inverse.At(i, j), y)
		}
		part.Mul(x, dual)
		c.Add(c, &part)
	}
	return c
}

func nonZeroEigenvalues(m *mat.Dense) []float64 {
	values, _ := dense.Eigenvalues(m)
	var out []float64
	for _, λ := range values {
		if math.Abs(real(λ)) > 1e-5 {
			out = append(out, real(λ))
		}
	}
	return out
}

// nameSimple picks the name whose defining representation is found. Otherwise
// it returns the first with the right Killing form, provided that all of
// those name one algebra: sp(6,R) and so(3,4) are different, yet their
// Killing forms have the same signature.
func nameSimple(s Signature, n int, values []float64) string {
	var same []simpleForm
	for _, f := range simpleForms(n) {
		if f.plus == s.Plus && f.minus == s.Minus {
			same = append(same, f)
		}
	}
	for _, f := range same {
		if slices.ContainsFunc(values, func(v float64) bool { return math.Abs(v-f.casimir) < 1e-4 }) {
			return f.name
		}
	}
	switch {
	case len(same) == 0:
		return ""
	case s.Plus+s.Minus == 3:
		return nameBySpin(s, values)
	case s.Plus == 12 && s.Minus == 9 && !slices.ContainsFunc(values, func(v float64) bool { return math.Abs(v-.525) < 1e-4 }):
		return ""
	}
	return same[len(same)-1].name
}

// nameBySpin distinguishes su(2) and sl(2,R), which have half-integer spins
// j, from so(3) and so(2,1). The Casimir value is j(j+1)/2.
func nameBySpin(s Signature, values []float64) string {
	half := slices.ContainsFunc(values, func(v float64) bool {
		twice := int(math.Round(math.Sqrt(1+8*v) - 1))
		return twice%2 != 0
	})
	switch {
	case s.Plus == 0 && half:
		return "su(2)"
	case s.Plus == 0:
		return "so(3)"
	case half:
		return "sl(2,R)"
	}
	return "so(2,1)"
}
