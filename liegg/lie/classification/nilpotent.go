package classification

import (
	"fmt"
	"math"
	"math/cmplx"

	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/lie"
	"github.com/liegg/lab/liegg/lie/internal/dense"
)

// nilpotentIn returns bases of the nilpotent elements and of a complement,
// nil for {0}. Nilpotent elements are null in the form tr(xy). Rarely others
// are too, if imaginary eigenvalues cancel real ones; then the weights
// decide, because all eigenvalues of a nilpotent element are 0.
func nilpotentIn(a lie.Algebra, w weights, angle float64) (null, rest *mat.Dense) {
	tol := nilpotentTolerance*angle + formRounding
	null, rest = splitNull(traceForm(a), tol)
	for _, e := range Subspace(a, "", null).Basis() {
		if squares(e) > 2*tol {
			return splitNull(w.both(), math.Sqrt(tol))
		}
	}
	return null, rest
}

// formRounding bounds the rounding error of traces of products of unit generators.
const formRounding = 1e-6

// traceForm is tr(E_iE_j) over the orthonormal basis. For skew-symmetric matrices it is −1, for
// symmetric ones 1. For a simple algebra it is not degenerate. In other frames it shrinks: as the
// axes of the ellipses of a rotation become unequal, b/a → 0, the unit generator tends to a shear,
// and the form to zero as 2(b/a)².
func traceForm(a lie.Algebra) *mat.Dense {
	form := mat.NewDense(a.Dim(), a.Dim(), nil)
	basis := a.Basis()
	for i, x := range basis {
		for j, y := range basis {
			form.Set(i, j, dense.TraceProduct(x, y))
		}
	}
	return form
}

// mayBeNilpotent reports whether an element that is not nilpotent by its estimate could be so: its
// error may be wrong by a factor of three.
func mayBeNilpotent(h *mat.Dense, angle float64) bool {
	return squares(h) <= 3*nilpotentTolerance*angle*math.Pow(mat.Norm(h, 2), 2)
}

// semisimple reports whether an element has no nilpotent part beside its zero eigenvalues, as a
// screw has, or a translation along with the scaling of another direction: its rank is then the
// number of its eigenvalues that are not zero.
func semisimple(h *mat.Dense, angle float64) bool {
	norm, rank := mat.Norm(h, 2), 0
	singular, _ := dense.RightSingular(h)
	for _, σ := range singular {
		if σ > (weightTolerance*angle+formRounding)*norm {
			rank++
		}
	}
	values, ok := dense.Eigenvalues(h)
	if !ok {
		panic(dense.Failure("eigenvalue problem"))
	}
	for _, λ := range values {
		if cmplx.Abs(λ) > (weightTolerance*angle+spectralRounding)*norm {
			rank--
		}
	}
	return rank <= 0
}

// squares returns Σ|λ|² over the eigenvalues.
func squares(h *mat.Dense) float64 {
	values, ok := dense.Eigenvalues(h)
	if !ok {
		panic(dense.Failure("eigenvalue problem"))
	}
	var sum float64
	for _, λ := range values {
		sum += real(λ)*real(λ) + imag(λ)*imag(λ)
	}
	return sum
}

// nilpotentLines names translations, one shear (H² = 0), and R^k.
func nilpotentLines(a lie.Algebra, angle float64) []line {
	if a.Dim() == 0 {
		return nil
	}
	square, affine := 0., 0.
	for _, e := range a.Basis() {
		var ee mat.Dense
		ee.Mul(e, e)
		square = max(square, mat.Norm(&ee, 2))
		affine = max(affine, mat.Norm(linear(a, e), 2))
	}
	tol := weightTolerance*angle + 1e-7
	switch {
	case homogeneous(a) && affine <= tol:
		return []line{{name: fmt.Sprintf("translations(%d)", a.Dim())}}
	case a.Dim() == 1 && square <= tol:
		return []line{{name: "shear", h: a.Basis()[0]}}
	}
	return []line{{unnamed: a.Dim()}}
}
