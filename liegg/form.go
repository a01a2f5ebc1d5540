package liegg

import (
	"math"
	"slices"

	"github.com/liegg/lab/liegg/internal/linalg"
	"gonum.org/v1/gonum/mat"
)

// form is the quadratic form h ↦ ‖C h‖² of a polarization matrix.
type form interface {
	// stationary finds where ‖C W g‖ is stationary over unit g; count is the number of
	// vectors that are wanted. ok is false if LAPACK did not converge. A nil W is the
	// identity.
	stationary(w *mat.Dense, count int) (d directions, ok bool)
}

// directions are the stationary values s of a form, ascending: all of them, or the smallest
// that were found. Their vectors are taken when they are asked for.
type directions struct {
	s       []float64
	w       *mat.Dense                 // nil for the identity
	vectors func(count int) *mat.Dense // g, as columns
}

// first returns the count smallest h = W·g, as columns.
func (d directions) first(count int) *mat.Dense { return times(d.w, d.vectors(count)) }

// given are directions whose vectors are known, as columns.
func given(s []float64, w, vectors *mat.Dense) directions {
	return directions{s, w, func(count int) *mat.Dense {
		n, _ := vectors.Dims()
		return mat.DenseCopyOf(vectors.Slice(0, n, 0, count))
	}}
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

func (f triangleForm) stationary(w *mat.Dense, _ int) (d directions, ok bool) {
	rw := f.r
	if w != nil {
		rw = new(mat.Dense)
		rw.Mul(f.r, w)
	}
	var svd mat.SVD
	if !svd.Factorize(rw, mat.SVDThinV) {
		return d, false
	}
	var v mat.Dense
	svd.VTo(&v)
	s := svd.Values(nil)
	slices.Reverse(s)
	return given(s, w, reverseColumns(&v)), true
}

// gramForm holds G = CᵀC.
type gramForm struct{ g *mat.SymDense }

func (f gramForm) stationary(w *mat.Dense, count int) (d directions, ok bool) {
	g := f.g
	if w != nil {
		g = congruent(f.g, w)
	}
	eigen, ok := linalg.NewEigen(g, count)
	if !ok {
		return d, false
	}
	s := slices.Clone(eigen.Values())
	for i, λ := range s {
		s[i] = math.Sqrt(math.Max(λ, 0)) // a zero may round to below zero
	}
	return directions{s, w, eigen.Vectors}, true
}

// congruent returns WᵀGW.
func congruent(g *mat.SymDense, w *mat.Dense) *mat.SymDense {
	if d := onDiagonal(w); d != nil {
		return scaledBy(g, d)
	}
	var gw, wgw mat.Dense
	gw.Mul(mat.DenseCopyOf(g), w) // gonum's product with a SymDense is slow, and on one core
	wgw.Mul(w.T(), &gw)
	return linalg.SymmetricPart(&wgw)
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
