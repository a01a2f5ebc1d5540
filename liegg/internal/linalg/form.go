package linalg

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/mat"
)

// Form is the quadratic form h ↦ ‖C h‖² of a matrix C.
type Form interface {
	// Stationary finds the unit vectors g at which ‖C W g‖ is stationary. ok is false if LAPACK
	// did not converge. A nil W is the identity.
	Stationary(w *mat.Dense) (d Directions, ok bool)
}

// Directions are the stationary values s of a form, ascending: all of them, or the smallest
// that were found. Their vectors are taken when they are asked for.
type Directions struct {
	Values  []float64                  // s
	w       *mat.Dense                 // nil for the identity
	vectors func(count int) *mat.Dense // g, as columns
}

// First returns the count smallest h = W·g, as columns.
func (d Directions) First(count int) *mat.Dense { return Times(d.w, d.vectors(count)) }

// Through returns the directions with the vectors of d after some map.
func (d Directions) Through(times func(v *mat.Dense) *mat.Dense) Directions {
	return Directions{d.Values, nil, func(count int) *mat.Dense { return times(d.First(count)) }}
}

// DirectionsOf are Directions whose vectors are known, as columns.
func DirectionsOf(s []float64, w, vectors *mat.Dense) Directions {
	return Directions{s, w, func(count int) *mat.Dense {
		n, _ := vectors.Dims()
		return mat.DenseCopyOf(vectors.Slice(0, n, 0, count))
	}}
}

// TriangleForm holds R of a QR decomposition. It never forms RᵀR, which would
// cut zeros off at 1e-8 of the largest singular value.
type TriangleForm struct{ R *mat.Dense }

// Stationary finds the singular values and the right singular vectors of R·W, all of them.
func (f TriangleForm) Stationary(w *mat.Dense) (d Directions, ok bool) {
	rw := f.R
	if w != nil {
		rw = new(mat.Dense)
		rw.Mul(f.R, w)
	}
	var svd mat.SVD
	if !svd.Factorize(rw, mat.SVDThinV) {
		return d, false
	}
	var v mat.Dense
	svd.VTo(&v)
	s := svd.Values(nil)
	slices.Reverse(s)
	return DirectionsOf(s, w, reverseColumns(&v)), true
}

// GramForm holds G = CᵀC.
type GramForm struct{ G *mat.SymDense }

// Stationary finds the roots of the eigenvalues of WᵀGW, and its eigenvectors.
func (f GramForm) Stationary(w *mat.Dense) (d Directions, ok bool) {
	g := f.G
	if w != nil {
		g = Congruent(f.G, w)
	}
	eigen, ok := NewEigen(g)
	if !ok {
		return d, false
	}
	s := slices.Clone(eigen.Values())
	for i, λ := range s {
		s[i] = math.Sqrt(math.Max(λ, 0)) // a zero may round to below zero
	}
	return Directions{s, w, eigen.Vectors}, true
}

func reverseColumns(m *mat.Dense) *mat.Dense {
	r, _ := m.Dims()
	for i := range r {
		slices.Reverse(m.RawRowView(i))
	}
	return m
}
