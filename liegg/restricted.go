package liegg

import (
	"math"

	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/internal/cores"
	"github.com/liegg/lab/liegg/internal/linalg"
)

// restricted returns the polarization of the candidates h = W·g.
func (p *Polarization) restricted(w *mat.Dense) *Polarization {
	_, k := w.Dims()
	r := NewPolarization(k)
	r.count(p.samples, p.idle, p.outputs)
	r.moments = p.moments
	r.metric, r.estimated = linalg.Restricted(p.metric, w), p.estimated
	if p.triangle != nil {
		var rows mat.Dense
		rows.Mul(p.triangle.R(), w)
		r.addRows(&rows)
	} else if p.gram != nil {
		r.gram = linalg.Congruent(p.gram, w)
	}
	return r
}

// scales returns diag(1/√D_kk), which rescales the candidates so that all that move the data
// move them by the same amount. If velocities are measured in an inner product adapted to
// the data, the original candidates may differ by many orders of magnitude.
func (p *Polarization) scales() *mat.Dense {
	w := mat.NewDense(p.k, p.k, nil)
	for i := range p.k {
		w.Set(i, i, 1)
		if v := p.metric.At(i, i); v > 0 {
			w.Set(i, i, 1/math.Sqrt(v))
		}
	}
	return w
}

// squaresOf returns ‖C h‖² and hᵀDh of each of several polarizations for every column of h.
func squaresOf(ps []*Polarization, h *mat.Dense) (a, b [][]float64) {
	a, b = make([][]float64, len(ps)), make([][]float64, len(ps))
	grams := make([]mat.Symmetric, len(ps))
	for i, p := range ps {
		grams[i] = p.gram
	}
	if forms := linalg.NewPairedForms(h, grams); forms != nil {
		a = pairedSquares(forms)
	}
	q := linalg.NewQuadratic(h, ps[0].metric)
	cores.Do(len(ps), func(i int) {
		if a[i] == nil {
			a[i] = ps[i].squares(q)
		}
		b[i] = notNegative(q.Forms(ps[i].metric))
	})
	return a, b
}

// squares returns ‖C h‖² for every vector h.
func (p *Polarization) squares(h *linalg.Quadratic) []float64 {
	if p.triangle == nil {
		return notNegative(h.Forms(p.gram))
	}
	var ch mat.Dense
	ch.Mul(p.triangle.R(), h.Vectors())
	return linalg.Dots(&ch, &ch)
}

// pairedSquares returns ‖C h‖² from Gram matrices that are known by pairs. The parts are added in
// their order, so that the result does not depend on the number of cores.
func pairedSquares(forms *linalg.PairedForms) [][]float64 {
	parts := make([]*mat.Dense, forms.Parts())
	cores.Do(len(parts), func(i int) { parts[i] = forms.Part(i) })
	for _, p := range parts[1:] {
		parts[0].Add(parts[0], p)
	}
	rows, _ := parts[0].Dims()
	a := make([][]float64, rows)
	for i := range a {
		a[i] = notNegative(parts[0].RawRowView(i))
	}
	return a
}

// notNegative sets numbers that are negative, by rounding, to zero.
func notNegative(x []float64) []float64 {
	for i, v := range x {
		x[i] = max(0, v)
	}
	return x
}

// squareOf is hᵀCᵀCh.
func (p *Polarization) squareOf(h *mat.Dense) *mat.SymDense {
	if p.triangle == nil {
		return linalg.Congruent(p.gram, h)
	}
	var rows mat.Dense
	rows.Mul(p.triangle.R(), h)
	var s mat.SymDense
	s.SymOuterK(1, rows.T())
	return &s
}
