package linalg

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/lapack/gonum"
	"gonum.org/v1/gonum/mat"
)

// Eigen are all eigenvalues of a symmetric matrix, and as many eigenvectors as are asked for.
// It brings the matrix to tridiagonal form, Q·T·Qᵀ, takes the values of T by the QR method
// without vectors, and vectors by inverse iteration on T (LAPACK's dsytrd, dsterf and
// dstein). All n vectors of a large matrix cost several times as much as its values.
type Eigen struct {
	values  []float64
	vectors *mat.Dense // all of them, if they were computed at once; otherwise nil
	a, tau  []float64  // the reflectors of dsytrd
	t       tridiagonal
}

// wholeEigen is the size up to which all vectors are taken at once.
const wholeEigen = 64

// NewEigen decomposes s, from which some count of vectors is wanted; all of them are taken at
// once if that is as quick. ok is false if LAPACK did not converge, or s is not finite.
func NewEigen(s *mat.SymDense, count int) (e *Eigen, ok bool) {
	n := s.SymmetricDim()
	exponent, finite := exponentOf(s)
	switch {
	case !finite:
		return nil, false
	case n <= wholeEigen || 2*count > n:
		return wholeEigenOf(s)
	}
	a := make([]float64, n*n)
	for i := range n {
		for j := range i + 1 {
			a[i*n+j] = math.Ldexp(s.At(i, j), -exponent)
		}
	}
	e = &Eigen{a: a, tau: make([]float64, n-1), t: tridiagonal{diagonal: make([]float64, n), beside: make([]float64, n-1)}}
	var lapack gonum.Implementation
	size := []float64{0}
	lapack.Dsytrd(blas.Lower, n, a, n, e.t.diagonal, e.t.beside, e.tau, size, -1)
	work := make([]float64, int(size[0]))
	lapack.Dsytrd(blas.Lower, n, a, n, e.t.diagonal, e.t.beside, e.tau, work, len(work))
	flush(e.t.diagonal)
	flush(e.t.beside)
	scaled := slices.Clone(e.t.diagonal)
	if !lapack.Dsterf(n, scaled, slices.Clone(e.t.beside)) {
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

func wholeEigenOf(s *mat.SymDense) (*Eigen, bool) {
	var eigen mat.EigenSym
	if !eigen.Factorize(s, true) {
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

// turn replaces v by Q·v. Q = H_0·H_1·… is the product of the reflectors H_i = 1 − τ_i·u·uᵀ
// whose u = (0, …, 0, 1, a_i+2,i, a_i+3,i, …) dsytrd leaves below the diagonal. They are
// applied one by one: gonum's blocks of them (dormqr) lose half of the digits now and then.
func (e *Eigen) turn(v *mat.Dense) {
	n, count := v.Dims()
	along := make([]float64, count)
	for i := n - 2; i >= 0; i-- {
		if e.tau[i] == 0 {
			continue
		}
		copy(along, v.RawRowView(i+1))
		for k := i + 2; k < n; k++ {
			floats.AddScaled(along, e.a[k*n+i], v.RawRowView(k))
		}
		floats.AddScaled(v.RawRowView(i+1), -e.tau[i], along)
		for k := i + 2; k < n; k++ {
			floats.AddScaled(v.RawRowView(k), -e.tau[i]*e.a[k*n+i], along)
		}
	}
}
