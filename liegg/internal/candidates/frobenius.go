package candidates

import (
	"errors"
	"math"

	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/internal/failure"
	"github.com/liegg/lab/liegg/internal/linalg"
)

// Frobenius is the inner product F_kl = ⟨A_k, A_l⟩ of the candidate matrices, kept as their
// entries. Candidates are mostly sparse, and a sum over matrix entries multiplies only
// candidates that share an entry. For gl(n) these are n² steps instead of n⁴.
type Frobenius struct {
	k       int
	entries [][]term // for every entry of a matrix, the candidates that have it
}

type term struct {
	k int
	v float64
}

// NewFrobenius collects the entries of the candidate matrices.
func NewFrobenius(c Space) Frobenius {
	f := Frobenius{k: c.Dim()}
	h := make([]float64, f.k)
	for i := range f.k {
		h[i] = 1
		data := mat.DenseCopyOf(c.Generator(h)).RawMatrix().Data
		h[i] = 0
		if f.entries == nil {
			f.entries = make([][]term, len(data))
		}
		for p, v := range data {
			if v != 0 {
				f.entries[p] = append(f.entries[p], term{i, v})
			}
		}
	}
	return f
}

// Gram returns F.
func (f Frobenius) Gram() *mat.SymDense {
	g := mat.NewSymDense(f.k, nil)
	for _, terms := range f.entries {
		for i, a := range terms {
			for _, b := range terms[i:] {
				g.SetSym(a.k, b.k, g.At(a.k, b.k)+a.v*b.v)
			}
		}
	}
	return g
}

// diagonal returns ‖A_k‖².
func (f Frobenius) diagonal() []float64 {
	d := make([]float64, f.k)
	for _, terms := range f.entries {
		for _, a := range terms {
			d[a.k] += a.v * a.v
		}
	}
	return d
}

// times returns F·h.
func (f Frobenius) times(h *mat.Dense) *mat.Dense {
	_, columns := h.Dims()
	fh := mat.NewDense(f.k, columns, nil)
	entry := make([]float64, columns) // of Σ_k h_k A_k
	for _, terms := range f.entries {
		clear(entry)
		for _, a := range terms {
			for j, v := range h.RawRowView(a.k) {
				entry[j] += a.v * v
			}
		}
		for _, a := range terms {
			row := fh.RawRowView(a.k)
			for j, v := range entry {
				row[j] += a.v * v
			}
		}
	}
	return fh
}

// Finite reports whether no candidate holds NaN or Inf.
func (f Frobenius) Finite() bool { return linalg.AllFinite(f.diagonal()) }

// disjoint reports whether no two candidates share an entry. Then F is diagonal.
func (f Frobenius) disjoint() bool {
	for _, terms := range f.entries {
		if len(terms) > 1 {
			return false
		}
	}
	return true
}

// unitFrame returns W with ‖Σ_k (W g)_k A_k‖_F = ‖g‖, so that singular values belong to
// matrices of unit Frobenius norm for any basis of the candidates. It is nil if the A_k
// are orthonormal already. The errors are ErrDependent and ErrNotFinite.
func (f Frobenius) unitFrame() (*mat.Dense, error) {
	if !f.Finite() {
		return nil, ErrNotFinite
	}
	gram := f.Gram()
	if isIdentity(gram) {
		return nil, nil
	}
	var chol mat.Cholesky
	if !chol.Factorize(gram) || chol.Cond() > 1e12 {
		return nil, failure.ErrDependent
	}
	var u, w mat.TriDense
	chol.UTo(&u) // F = UᵀU, so h = U⁻¹g
	if err := w.InverseTri(&u); err != nil {
		return nil, failure.ErrDependent
	}
	return mat.DenseCopyOf(&w), nil
}

// ErrNotFinite: a candidate matrix holds NaN or Inf.
var ErrNotFinite = errors.New("a candidate matrix is not finite")

// UnitFrameOf returns W, K×K, with ‖Σ_k (W g)_k A_k‖_F = ‖g‖ for candidate matrices A_k, or nil if these are
// orthonormal. It returns ErrDependent, ErrNotFinite, or ErrFarAway. Centred candidates are made
// orthonormal about their centre first. If the centre is far away, they are nearly dependent
// as matrices about the origin, and a Gram matrix would lose the difference.
func UnitFrameOf(c Space) (*mat.Dense, error) {
	own, ok := LocalOf(c).(Local)
	if !ok {
		return NewFrobenius(c).unitFrame()
	}
	w, err := NewFrobenius(own).unitFrame()
	if err != nil {
		return nil, err
	}
	if w == nil {
		w = linalg.Identity(c.Dim())
	}
	var qr mat.QR
	qr.Factorize(vectorised(c, w))
	var r, inverse mat.Dense
	qr.RTo(&r)
	err = inverse.Inverse(r.Slice(0, c.Dim(), 0, c.Dim()))
	var condition mat.Condition // large if the centre is far away: the columns of R then differ in length
	if err != nil && (!errors.As(err, &condition) || math.IsInf(float64(condition), 0)) {
		return nil, failure.ErrFarAway
	}
	return linalg.Times(w, &inverse), nil
}

// vectorised returns the matrices Σ_k w_kj A_k as columns.
func vectorised(c Space, w *mat.Dense) *mat.Dense {
	k, columns := w.Dims()
	var m *mat.Dense
	for j := range columns {
		data := mat.DenseCopyOf(c.Generator(mat.Col(make([]float64, k), j, w))).RawMatrix().Data
		if m == nil {
			m = mat.NewDense(len(data), columns, nil)
		}
		m.SetCol(j, data)
	}
	return m
}

// isIdentity reports whether f is the identity to rounding.
func isIdentity(f *mat.SymDense) bool {
	const rounding = 1e-14
	n := f.SymmetricDim()
	for i := range n {
		for j := i + 1; j < n; j++ {
			if math.Abs(f.At(i, j)) > rounding {
				return false
			}
		}
		if math.Abs(f.At(i, i)-1) > rounding {
			return false
		}
	}
	return true
}

// Product returns the inner product of candidates in the form that linalg takes: 1/√F_kk,
// and the product with h, which is nil if F is diagonal.
func (f Frobenius) Product() (b func(h *mat.Dense) *mat.Dense, scale []float64) {
	scale = linalg.InverseRoots(f.diagonal(), 0)
	if f.disjoint() {
		return nil, scale
	}
	return f.times, scale
}
