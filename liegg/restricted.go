package liegg

import (
	"math"

	"github.com/liegg/lab/liegg/internal/linalg"
	"gonum.org/v1/gonum/mat"
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

// squares returns ‖C h‖² and hᵀDh for every vector h.
func (p *Polarization) squares(h *linalg.Quadratic) (a, b []float64) {
	if p.triangle != nil {
		var ch mat.Dense
		ch.Mul(p.triangle.R(), h.Vectors())
		a = linalg.Dots(&ch, &ch)
	} else {
		a = h.Forms(p.gram)
	}
	b = h.Forms(p.metric)
	for j := range a {
		a[j], b[j] = max(0, a[j]), max(0, b[j]) // rounding
	}
	return a, b
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
