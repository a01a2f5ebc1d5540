package sums

import (
	"math"

	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/internal/cores"
	"github.com/liegg/lab/liegg/internal/linalg"
)

// Restricted returns the sum for the candidates h = W·g, W of K rows.
func (s *Sum) Restricted(w *mat.Dense) *Sum {
	_, k := w.Dims()
	r := New(k)
	r.count(s.Samples, s.Idle, s.Outputs)
	r.Moments = s.Moments
	r.Metric, r.estimated = linalg.Restricted(s.Metric, w), s.estimated
	if s.Triangle != nil {
		var rows mat.Dense
		rows.Mul(s.Triangle.R(), w)
		r.addRows(&rows)
	} else if s.Gram != nil {
		r.Gram = linalg.Congruent(s.Gram, w)
	}
	return r
}

// Scales returns diag(1/√D_kk), which rescales the candidates so that all that move the data
// move them by the same amount. If velocities are measured in an inner product adapted to
// the data, the original candidates may differ by many orders of magnitude.
func (s *Sum) Scales() *mat.Dense {
	w := mat.NewDense(s.K, s.K, nil)
	for i := range s.K {
		w.Set(i, i, 1)
		if v := s.Metric.At(i, i); v > 0 {
			w.Set(i, i, 1/math.Sqrt(v))
		}
	}
	return w
}

// Squares returns ‖C h‖² and hᵀDh for each sum, the first index, and every column of h, the second. Rounding
// makes none of them negative.
func Squares(ps []*Sum, h *mat.Dense) (a, b [][]float64) {
	a, b = make([][]float64, len(ps)), make([][]float64, len(ps))
	grams := make([]mat.Symmetric, len(ps))
	for i, p := range ps {
		grams[i] = p.Gram
	}
	if forms := linalg.NewPairedForms(h, grams); forms != nil {
		a = pairedSquares(forms)
	}
	q := linalg.NewQuadratic(h, ps[0].Metric)
	cores.Do(len(ps), func(i int) {
		if a[i] == nil {
			a[i] = ps[i].squares(q)
		}
		b[i] = notNegative(q.Forms(ps[i].Metric))
	})
	return a, b
}

// squares returns ‖C h‖² for every vector h.
func (s *Sum) squares(h *linalg.Quadratic) []float64 {
	if s.Triangle == nil {
		return notNegative(h.Forms(s.Gram))
	}
	var ch mat.Dense
	ch.Mul(s.Triangle.R(), h.Vectors())
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

// Square returns hᵀCᵀCh for the columns of h, K×d, as a d×d matrix.
func (s *Sum) Square(h *mat.Dense) *mat.SymDense {
	if s.Triangle == nil {
		return linalg.Congruent(s.Gram, h)
	}
	var rows mat.Dense
	rows.Mul(s.Triangle.R(), h)
	var square mat.SymDense
	square.SymOuterK(1, rows.T())
	return &square
}
