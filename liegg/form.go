package liegg

import (
	"math"
	"slices"

	"github.com/liegg/lab/liegg/internal/symmetric"
	"gonum.org/v1/gonum/mat"
)

// form is the quadratic form h ↦ ‖C h‖² of a polarization matrix.
type form interface {
	// stationary returns s ascending and the vectors h = W·g, as columns, at
	// which ‖C W g‖ is stationary over unit g; ok is false where LAPACK did
	// not converge. A nil W is the identity.
	stationary(w *mat.Dense) (s []float64, h *mat.Dense, ok bool)
}

// form returns the form of what was accumulated.
func (p *Polarization) form() form {
	if p.triangle != nil {
		return triangleForm{p.triangle.r()}
	}
	return gramForm{p.gram}
}

// triangleForm holds R of a QR decomposition. It never forms RᵀR, which would
// cut zeros off at 1e-8 of the largest singular value.
type triangleForm struct{ r *mat.Dense }

func (f triangleForm) stationary(w *mat.Dense) ([]float64, *mat.Dense, bool) {
	rw := f.r
	if w != nil {
		rw = new(mat.Dense)
		rw.Mul(f.r, w)
	}
	var svd mat.SVD
	if !svd.Factorize(rw, mat.SVDThinV) {
		return nil, nil, false
	}
	var v mat.Dense
	svd.VTo(&v)
	s := svd.Values(nil)
	slices.Reverse(s)
	return s, times(w, reverseColumns(&v)), true
}

// gramForm holds G = CᵀC.
type gramForm struct{ g *mat.SymDense }

func (f gramForm) stationary(w *mat.Dense) ([]float64, *mat.Dense, bool) {
	g := f.g
	if w != nil {
		g = congruent(f.g, w)
	}
	var eigen mat.EigenSym
	if !eigen.Factorize(g, true) {
		return nil, nil, false
	}
	var v mat.Dense
	eigen.VectorsTo(&v)
	s := eigen.Values(nil)
	for i, λ := range s {
		s[i] = math.Sqrt(math.Max(λ, 0)) // a zero may round to below zero
	}
	return s, times(w, &v), true
}

// congruent returns WᵀGW.
func congruent(g *mat.SymDense, w *mat.Dense) *mat.SymDense {
	if d := onDiagonal(w); d != nil {
		return scaledBy(g, d)
	}
	var gw, wgw mat.Dense
	gw.Mul(g, w)
	wgw.Mul(w.T(), &gw)
	return symmetric.Part(&wgw)
}

// onDiagonal returns the diagonal of W where that is all of W, else nil.
func onDiagonal(w *mat.Dense) []float64 {
	n, columns := w.Dims()
	if n != columns {
		return nil
	}
	d := make([]float64, n)
	for i := range n {
		for j, v := range w.RawRowView(i) {
			switch {
			case i == j:
				d[i] = v
			case v != 0:
				return nil
			}
		}
	}
	return d
}

// scaledBy returns the matrix of d_i·G_ij·d_j.
func scaledBy(g *mat.SymDense, d []float64) *mat.SymDense {
	s := mat.NewSymDense(len(d), nil)
	for i := range d {
		for j := i; j < len(d); j++ {
			v := g.At(i, j)
			s.SetSym(i, j, (d[i]*(v*d[j])+d[j]*(v*d[i]))/2)
		}
	}
	return s
}

// times returns W·V, with a nil W for the identity.
func times(w, v *mat.Dense) *mat.Dense {
	if w == nil {
		return v
	}
	var wv mat.Dense
	wv.Mul(w, v)
	return &wv
}

func reverseColumns(m *mat.Dense) *mat.Dense {
	r, _ := m.Dims()
	for i := range r {
		slices.Reverse(m.RawRowView(i))
	}
	return m
}
