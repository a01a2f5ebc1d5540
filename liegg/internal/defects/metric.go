package defects

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/internal/failure"
	"github.com/liegg/lab/liegg/internal/linalg"
)

// WholeUpTo is the largest number of candidates for which all generators are computed.
// Beyond it, the decompositions take a minute and more.
const WholeUpTo = 1000

// still is the share of a direction's motion, squared and with every candidate's own scale
// divided out, below which it does not move the data.
const still = linalg.Nothing

// StillAlone is the share of the largest D_kk below which a candidate does not move
// the data by itself.
const StillAlone = still / 10

// Metric is D = Σ_i ‖J_i‖²_F T_iᵀT_i, and which directions do not move the data.
type Metric struct {
	d      mat.Symmetric
	moving []int     // candidates k that move the data by themselves
	scale  []float64 // 1/√D_kk of those
	floor  float64   // what D_kk must exceed to count as motion
}

// NewMetric prepares D. The candidates are scaled one by one before anything
// is called small, so that the units of the inputs do not decide what moves.
func NewMetric(d mat.Symmetric) *Metric {
	m := &Metric{d: d}
	var largest float64
	for k := range d.SymmetricDim() {
		largest = math.Max(largest, d.At(k, k))
	}
	m.floor = StillAlone * largest
	for k := range d.SymmetricDim() {
		if v := d.At(k, k); v > m.floor {
			m.moving = append(m.moving, k)
			m.scale = append(m.scale, 1/math.Sqrt(v))
		}
	}
	return m
}

// choleskyFrom is the number of candidates beyond which a Cholesky decomposition is tried
// before an eigenproblem.
const choleskyFrom = 64

// correlation returns D_kl/√(D_kk·D_ll) over the moving candidates.
func (m *Metric) correlation() *mat.SymDense {
	r := mat.NewSymDense(len(m.moving), nil)
	for i, k := range m.moving {
		for j := i; j < len(m.moving); j++ {
			r.SetSym(i, j, m.d.At(k, m.moving[j])*m.scale[i]*m.scale[j])
		}
	}
	return r
}

// Whiten returns W, K×(K−u), with WᵀDW = 1 and its columns a complement of
// Null(D); u is the number of directions that do not move the data. The errors
// are ErrUnmoved, ErrMetric (D is not positive semidefinite) and
// ErrDecomposition.
func (m *Metric) Whiten() (*mat.Dense, error) {
	if len(m.moving) == 0 {
		return nil, failure.ErrUnmoved
	}
	if len(m.moving) > choleskyFrom {
		if chol := m.cholesky(); chol != nil {
			return m.triangular(chol)
		}
	}
	axes, ok := linalg.AxesOf(linalg.Whole(m.d), m.floor)
	if !ok {
		return nil, failure.ErrDecomposition
	}
	w := axes.Above(still).Whiten()
	if w == nil {
		return nil, failure.ErrMetric
	}
	return w, nil
}

// Factored returns the W of whiten as a Kronecker product, if D is one and cholesky would have
// decomposed it: the triangle and the condition number of L ⊗ R are the products of theirs.
func (m *Metric) Factored() (w linalg.KroneckerMap, ok bool) {
	k, ok := m.d.(linalg.Kronecker)
	if !ok || len(m.moving) < k.SymmetricDim() || len(m.moving) <= choleskyFrom {
		return w, false
	}
	left, right := NewMetric(k.Left), NewMetric(k.Right)
	l, r := left.decomposed(), right.decomposed()
	if l == nil || r == nil || !(l.Cond()*r.Cond() < 1/(10*still)) {
		return w, false
	}
	var err, err2 error
	w.Left, err = left.triangular(l)
	w.Right, err2 = right.triangular(r)
	return w, err == nil && err2 == nil
}

// cholesky returns the decomposition of the correlation if it shows that all combinations of
// the moving candidates move the data; otherwise nil. It demands ten times as much as the
// eigenvalues would have to pass (see still), because it uses an estimate of the condition
// number.
func (m *Metric) cholesky() *mat.Cholesky {
	chol := m.decomposed()
	if chol == nil || !(chol.Cond() < 1/(10*still)) {
		return nil
	}
	return chol
}

// decomposed returns the Cholesky decomposition of the correlation; nil if it is not positive
// definite to rounding.
func (m *Metric) decomposed() *mat.Cholesky {
	var chol mat.Cholesky
	if !chol.Factorize(m.correlation()) {
		return nil
	}
	return &chol
}

// triangular returns the W of whiten as the inverse of a triangular matrix.
func (m *Metric) triangular(chol *mat.Cholesky) (*mat.Dense, error) {
	var u, inverse mat.TriDense
	chol.UTo(&u)
	if err := inverse.InverseTri(&u); err != nil {
		return nil, failure.ErrDecomposition
	}
	w := mat.NewDense(m.d.SymmetricDim(), len(m.moving), nil)
	for i, k := range m.moving {
		for j := i; j < len(m.moving); j++ {
			w.Set(k, j, m.scale[i]*inverse.At(i, j))
		}
	}
	return w, nil
}

// scales returns 1/√D_kk for all candidates, 0 for those that do not move the
// data.
func (m *Metric) scales() []float64 { return linalg.InverseRoots(linalg.Diagonal(m.d), m.floor) }

// times returns D·h.
func (m *Metric) times(h *mat.Dense) *mat.Dense { return linalg.Product(m.d, h) }

// Lengths returns √(hᵀDh) for every column h, or 0 if h does not move the data.
func (m *Metric) Lengths(h *mat.Dense) []float64 {
	return Lengths(h, m.times(h), m.floor)
}

// Smallest solves CᵀC h = ρ² D h over the directions that move the data, with ρ ascending and
// hᵀDh = 1, and takes count vectors. If there are very many candidates, it finds only the
// count smallest ρ, or fewer. moving is the number of all solutions. It returns the errors
// of Metric.Whiten and ErrDecomposition.
func Smallest(f linalg.Form, m *Metric, count int) (d linalg.Directions, moving int, err error) {
	moving = len(m.moving)
	gram, isGram := f.(linalg.GramForm)
	iterates := isGram && moving > WholeUpTo && linalg.Few(count, moving)
	if iterates && m.cholesky() != nil {
		ρ, h, err := gram.Smallest(m.times, m.scales(), count)
		if err != nil {
			return d, 0, failure.Decomposition(err)
		}
		return linalg.DirectionsOf(ρ, nil, h), moving, nil
	}
	if w, ok := m.Factored(); ok && isGram {
		d, ok := linalg.GramForm{G: w.Congruent(gram.G)}.Stationary(nil)
		if !ok {
			return d, 0, failure.ErrDecomposition
		}
		return d.Through(w.Times), moving, nil
	}
	w, err := m.Whiten()
	if err != nil {
		return d, 0, err
	}
	_, moving = w.Dims()
	if iterates && linalg.Few(count, moving) {
		within := linalg.GramForm{G: linalg.Congruent(gram.G, w)}
		ρ, h, err := within.Smallest(nil, slices.Repeat([]float64{1}, moving), count)
		if err != nil {
			return d, 0, failure.Decomposition(err)
		}
		return linalg.DirectionsOf(ρ, w, h), moving, nil
	}
	d, ok := f.Stationary(w)
	if !ok {
		return d, 0, failure.ErrDecomposition
	}
	return d, moving, nil
}

// Lengths returns √(hᵀDh) for every column h, or 0 if that counts as no motion.
func Lengths(h, dh *mat.Dense, floor float64) []float64 {
	_, n := h.Dims()
	lengths := make([]float64, n)
	for j := range lengths {
		column := h.ColView(j)
		if moved := mat.Dot(column, dh.ColView(j)); moved > floor*mat.Dot(column, column) {
			lengths[j] = math.Sqrt(moved)
		}
	}
	return lengths
}
