package linalg

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas64"
	"gonum.org/v1/gonum/lapack/gonum"
	"gonum.org/v1/gonum/mat"
)

// Eigen are all eigenvalues of a symmetric matrix, and as many eigenvectors as are asked for.
// It brings the matrix to tridiagonal form, Q·T·Qᵀ, takes the values of T by the QR method
// without vectors (LAPACK's dsterf), and vectors by inverse iteration on T.
type Eigen struct {
	values     []float64
	vectors    *mat.Dense // all of them, if they were computed at once; otherwise nil
	*reduction            // nil if they were
}

// wholeEigen is the size up to which all vectors are taken at once.
const wholeEigen = 64

// NewEigen decomposes s. ok is false if LAPACK did not converge, or s is not finite.
func NewEigen(s *mat.SymDense) (e *Eigen, ok bool) {
	n := s.SymmetricDim()
	if n <= wholeEigen {
		return wholeEigenOf(s)
	}
	exponent, finite := exponentOf(s)
	if !finite {
		return nil, false
	}
	a := make([]float64, n*n)
	for i := range n {
		for j := i; j < n; j++ {
			a[i*n+j] = math.Ldexp(s.At(i, j), -exponent)
		}
	}
	e = &Eigen{reduction: reduced(a, n)}
	flush(e.t.diagonal)
	flush(e.t.beside)
	scaled := slices.Clone(e.t.diagonal)
	if !(gonum.Implementation{}).Dsterf(n, scaled, slices.Clone(e.t.beside)) {
		return nil, false
	}
	e.t.values, e.values = scaled, make([]float64, n)
	for i, λ := range scaled {
		e.values[i] = math.Ldexp(λ, exponent)
	}
	return e, true
}

// flush sets numbers far below rounding to zero: gonum's dsterf panics if a separate part of
// T is so small that it would be scaled.
func flush(x []float64) {
	for i, v := range x {
		if math.Abs(v) < 1e-100 {
			x[i] = 0
		}
	}
}

// exponentOf returns the exponent of the largest entry, by which LAPACK wants the entries to
// be divided.
func exponentOf(s *mat.SymDense) (exponent int, finite bool) {
	largest, raw := 0., s.RawSymmetric()
	for i := range raw.N {
		for _, v := range raw.Data[i*raw.Stride+i : i*raw.Stride+raw.N] {
			if math.IsNaN(v) || math.IsInf(v, 0) {
				return 0, false
			}
			largest = max(largest, math.Abs(v))
		}
	}
	_, exponent = math.Frexp(largest)
	return exponent, true
}

// wholeEigenOf takes all vectors at once. They are orthonormal to the last digits; by inverse
// iteration those of values that are not close are so to some 1e-13.
func wholeEigenOf(s *mat.SymDense) (*Eigen, bool) {
	var eigen mat.EigenSym
	if _, finite := exponentOf(s); !finite || !eigen.Factorize(s, true) {
		return nil, false
	}
	e := &Eigen{values: eigen.Values(nil), vectors: new(mat.Dense)}
	eigen.VectorsTo(e.vectors)
	return e, true
}

// Values returns all eigenvalues, ascending.
func (e *Eigen) Values() []float64 { return e.values }

// Vectors returns orthonormal eigenvectors of the count smallest values, as columns. It
// panics unless 1 ≤ count ≤ n.
func (e *Eigen) Vectors(count int) *mat.Dense {
	n := len(e.values)
	if count < 1 || count > n {
		panic("linalg: Eigen.Vectors: want 1 ≤ count ≤ n")
	}
	if e.vectors != nil {
		return mat.DenseCopyOf(e.vectors.Slice(0, n, 0, count))
	}
	v := e.t.smallest(count)
	e.turn(v)
	return v
}

// turn replaces v by Q·v. Q = H_0·H_1·… is the product of the reflectors, which are applied one
// by one: gonum's blocks of them (dormqr) lose half of the digits now and then.
func (r *reduction) turn(v *mat.Dense) {
	_, count := v.Dims()
	along := make([]float64, count)
	for i := r.n - 2; i >= 0; i-- {
		if r.τ[i] == 0 {
			continue
		}
		u, from := vector(r.row(i, i+1)), v.Slice(i+1, r.n, 0, count).(*mat.Dense).RawMatrix()
		clear(along)
		blas64.Gemv(blas.Trans, 1, from, u, 1, vector(along))
		blas64.Ger(-r.τ[i], u, vector(along), from)
	}
}
