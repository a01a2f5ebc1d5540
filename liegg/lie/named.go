package lie

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/lie/internal/check"
	"github.com/liegg/lab/liegg/lie/internal/dense"
)

// named makes an algebra from matrices that are orthogonal to each other.
func named(name string, n int, gens []*mat.Dense) Algebra {
	a := Algebra{name: name, n: n, basis: gens}
	for _, e := range gens {
		e.Scale(1/mat.Norm(e, 2), e)
	}
	return a
}

// Trivial returns the zero algebra of n×n matrices, of dimension 0.
func Trivial(n int) Algebra {
	check.AtLeast("Trivial", n, 1)
	return Algebra{name: "0", n: n}
}

// GL returns gl(n), all n×n matrices: dimension n². The basis is E_ij in
// row-major order, so coefficients are the matrix, row by row.
func GL(n int) Algebra {
	check.AtLeast("GL", n, 1)
	gens := make([]*mat.Dense, 0, n*n)
	for i := range n {
		for j := range n {
			gens = append(gens, dense.Unit(n, i, j))
		}
	}
	return named(fmt.Sprintf("gl(%d)", n), n, gens)
}

// SL returns sl(n), the matrices of trace zero: dimension n² − 1.
func SL(n int) Algebra {
	check.AtLeast("SL", n, 1)
	var gens []*mat.Dense
	for i := range n {
		for j := range n {
			if i != j {
				gens = append(gens, dense.Unit(n, i, j))
			}
		}
	}
	for k := 1; k < n; k++ { // diag(1, …, 1, −k, 0, …)
		m := mat.NewDense(n, n, nil)
		for i := range k {
			m.Set(i, i, 1)
		}
		m.Set(k, k, -float64(k))
		gens = append(gens, m)
	}
	return named(fmt.Sprintf("sl(%d)", n), n, gens)
}

// SO returns so(n), the skew-symmetric matrices, which generate rotations:
// dimension n(n−1)/2. The basis is (E_ji − E_ij)/√2, i < j, each turning axis
// i towards axis j.
func SO(n int) Algebra {
	check.AtLeast("SO", n, 1)
	a := SOpq(n, 0)
	return a.Renamed(fmt.Sprintf("so(%d)", n))
}

// SOpq returns so(p,q), the generators that preserve the metric
// Q = diag(1, …, 1, −1, …, −1) with p plus and q minus signs, HᵀQ + QH = 0:
// dimension n(n−1)/2 with n = p+q. SOpq(1,3) is the Lorentz algebra with time
// first.
func SOpq(p, q int) Algebra {
	check.AtLeast("SOpq: p", p, 0)
	check.AtLeast("SOpq: q", q, 0)
	n := p + q
	check.AtLeast("SOpq: p + q", n, 1)
	var gens []*mat.Dense
	for i := range n {
		for j := i + 1; j < n; j++ {
			m := dense.Unit(n, j, i)
			if i < p && j >= p {
				m.Set(i, j, 1) // a boost
			} else {
				m.Set(i, j, -1)
			}
			gens = append(gens, m)
		}
	}
	return named(fmt.Sprintf("so(%d,%d)", p, q), n, gens)
}

// Sp returns sp(2n,R), the 2n×2n generators that preserve the symplectic form
// Ω = [0 I; −I 0], HᵀΩ + ΩH = 0, that is H = [A B; C −Aᵀ] with B and C
// symmetric: dimension n(2n+1). Sp(2) is sp(4,R). Coordinates are ordered
// (q_1 … q_n, p_1 … p_n).
func Sp(n int) Algebra {
	check.AtLeast("Sp", n, 1)
	var gens []*mat.Dense
	for i := range n {
		for j := range n {
			a := dense.Unit(2*n, i, j)
			a.Set(n+j, n+i, -1)
			gens = append(gens, a)
		}
	}
	for i := range n {
		for j := i; j < n; j++ {
			b, c := dense.Unit(2*n, i, n+j), dense.Unit(2*n, n+i, j)
			b.Set(j, n+i, 1)
			c.Set(n+j, i, 1)
			gens = append(gens, b, c)
		}
	}
	return named(fmt.Sprintf("sp(%d,R)", 2*n), 2*n, gens)
}

// Scaling returns the multiples of the identity of R^n: dimension 1.
func Scaling(n int) Algebra {
	check.AtLeast("Scaling", n, 1)
	m := mat.NewDense(n, n, nil)
	for i := range n {
		m.Set(i, i, 1/math.Sqrt(float64(n)))
	}
	return named(fmt.Sprintf("scaling(%d)", n), n, []*mat.Dense{m})
}

// Translations returns the translations of R^n in homogeneous
// (n+1)×(n+1) form: dimension n, basis E_{i,n+1}.
func Translations(n int) Algebra {
	check.AtLeast("Translations", n, 1)
	gens := make([]*mat.Dense, n)
	for i := range gens {
		gens[i] = dense.Unit(n+1, i, n)
	}
	a := named(fmt.Sprintf("translations(%d)", n), n+1, gens)
	a.affine = true
	return a
}

// Affine returns the affine algebra of R^n in homogeneous (n+1)×(n+1) form:
// dimension n(n+1). The basis is the basis of GL(n), then the basis of Translations(n).
func Affine(n int) Algebra {
	return withTranslations(fmt.Sprintf("aff(%d)", n), GL(n))
}

// SE returns se(n), rotations and translations of R^n in homogeneous
// (n+1)×(n+1) form: dimension n(n+1)/2. The basis is the basis of SO(n), then
// the basis of Translations(n).
func SE(n int) Algebra {
	return withTranslations(fmt.Sprintf("se(%d)", n), SO(n))
}

// withTranslations embeds a linear algebra and adds all translations.
func withTranslations(name string, linear Algebra) Algebra {
	t := Translations(linear.n)
	a := Algebra{name: name, n: t.n, affine: true}
	for _, e := range linear.basis {
		m := mat.NewDense(a.n, a.n, nil)
		m.Slice(0, linear.n, 0, linear.n).(*mat.Dense).Copy(e)
		a.basis = append(a.basis, m)
	}
	a.basis = append(a.basis, t.basis...)
	return a
}
