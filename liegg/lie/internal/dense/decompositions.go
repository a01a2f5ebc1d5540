// Package dense holds the linear algebra of small dense matrices that package lie needs beside
// gonum's: null spaces, ranges, eigenvalues that converge, least squares.
package dense

import (
	"math"

	"gonum.org/v1/gonum/mat"
)

// EigenSym returns the eigenvalues of q in ascending order, and the
// eigenvectors as columns.
func EigenSym(q mat.Symmetric) ([]float64, *mat.Dense) {
	var e mat.EigenSym
	if !e.Factorize(q, true) {
		panic(Failure("symmetric eigenproblem"))
	}
	var v mat.Dense
	e.VectorsTo(&v)
	return e.Values(nil), &v
}

// SingularValues returns the singular values of m in descending order, one
// per column. m must have at least as many rows as columns.
func SingularValues(m *mat.Dense) []float64 {
	var svd mat.SVD
	if !svd.Factorize(m, mat.SVDNone) {
		panic(Failure("singular value decomposition"))
	}
	return svd.Values(nil)
}

// NullSpace returns an orthonormal basis, as columns, of the vectors that m,
// r×c, shrinks to less than tol of their length: its right singular vectors.
// It is nil if no singular value is that small.
func NullSpace(m *mat.Dense, tol float64) *mat.Dense {
	r, c := m.Dims()
	if r < c { // the SVD needs at least as many rows as columns
		tall := mat.NewDense(c, c, nil)
		tall.Slice(0, r, 0, c).(*mat.Dense).Copy(m)
		m = tall
	}
	values, v := RightSingular(m)
	first := c
	for first > 0 && values[first-1] <= tol {
		first--
	}
	if first == c {
		return nil
	}
	return mat.DenseCopyOf(v.Slice(0, c, first, c))
}

// RightSingular returns the singular values of m in descending order, and its
// right singular vectors as columns.
func RightSingular(m *mat.Dense) ([]float64, *mat.Dense) {
	var svd mat.SVD
	if !svd.Factorize(m, mat.SVDThinV) {
		panic(Failure("singular value decomposition"))
	}
	var v mat.Dense
	svd.VTo(&v)
	return svd.Values(nil), &v
}

// Range returns an orthonormal basis of the column space of m, as columns:
// the left singular vectors with values above tol, at most c of them unless c
// is negative. It is nil for rank 0.
func Range(m mat.Matrix, tol float64, c int) *mat.Dense {
	var svd mat.SVD
	if !svd.Factorize(m, mat.SVDThinU) {
		panic(Failure("singular value decomposition"))
	}
	k := 0
	for _, v := range svd.Values(nil) {
		if v > tol && k != c {
			k++
		}
	}
	if k == 0 {
		return nil
	}
	var u mat.Dense
	svd.UTo(&u)
	r, _ := u.Dims()
	return mat.DenseCopyOf(u.Slice(0, r, 0, k))
}

// AngleBetween returns the largest principal angle between the column spaces
// of two matrices with equally many orthonormal columns.
func AngleBetween(a, b mat.Matrix) float64 {
	var ab, rest mat.Dense
	ab.Mul(a.T(), b)
	rest.Mul(a, &ab)
	rest.Sub(b, &rest)
	return math.Asin(min(1, SingularValues(&rest)[0]))
}

// Completed returns an orthogonal matrix whose first k columns span the first
// k columns of v, for every k.
func Completed(v *mat.Dense) *mat.Dense {
	var qr mat.QR
	qr.Factorize(v)
	var q mat.Dense
	qr.QTo(&q)
	return &q
}

// Failure is the panic value of a decomposition that did not converge. Public
// functions whose data can cause it return it as an error.
type Failure string

// Error says what did not converge.
func (f Failure) Error() string { return "the " + string(f) + " did not converge" }
