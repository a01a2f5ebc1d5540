package liegg

import (
	"errors"
	"math"

	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/internal/linalg"
)

// frobenius is the inner product F_kl = ⟨A_k, A_l⟩ of the candidate matrices, kept as their
// entries. Candidates are mostly sparse, and a sum over matrix entries multiplies only
// candidates that share an entry. For gl(n) these are n² steps instead of n⁴.
type frobenius struct {
	k       int
	entries [][]term // for every entry of a matrix, the candidates that have it
}

type term struct {
	k int
	v float64
}

func newFrobenius(c Candidates) frobenius {
	f := frobenius{k: c.Dim()}
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

// gram returns F.
func (f frobenius) gram() *mat.SymDense {
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
func (f frobenius) diagonal() []float64 {
	d := make([]float64, f.k)
	for _, terms := range f.entries {
		for _, a := range terms {
			d[a.k] += a.v * a.v
		}
	}
	return d
}

// times returns F·h.
func (f frobenius) times(h *mat.Dense) *mat.Dense {
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

// finite reports whether no candidate holds NaN or Inf.
func (f frobenius) finite() bool { return finite(f.diagonal()) }

// disjoint reports whether no two candidates share an entry. Then F is diagonal.
func (f frobenius) disjoint() bool {
	for _, terms := range f.entries {
		if len(terms) > 1 {
			return false
		}
	}
	return true
}

// unitFrame returns W with ‖Σ_k (W g)_k A_k‖_F = ‖g‖, so that singular values belong to
// matrices of unit Frobenius norm for any basis of the candidates. It is nil if the A_k
// are orthonormal already. The errors are ErrDependent and *NotFiniteError.
func (f frobenius) unitFrame() (*mat.Dense, error) {
	if !f.finite() {
		return nil, &NotFiniteError{Sample: -1, What: "a candidate matrix"}
	}
	gram := f.gram()
	if isIdentity(gram) {
		return nil, nil
	}
	var chol mat.Cholesky
	if !chol.Factorize(gram) || chol.Cond() > 1e12 {
		return nil, ErrDependent
	}
	var u, w mat.TriDense
	chol.UTo(&u) // F = UᵀU, so h = U⁻¹g
	if err := w.InverseTri(&u); err != nil {
		return nil, ErrDependent
	}
	return mat.DenseCopyOf(&w), nil
}

// unitFrameOf returns the unitFrame of the candidates. Centred candidates are made
// orthonormal about their centre first. If the centre is far away, they are nearly dependent
// as matrices about the origin, and a Gram matrix would lose the difference.
func unitFrameOf(c Candidates) (*mat.Dense, error) {
	own, ok := localOf(c).(local)
	if !ok {
		return newFrobenius(c).unitFrame()
	}
	w, err := newFrobenius(own).unitFrame()
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
		return nil, ErrFarAway
	}
	return linalg.Times(w, &inverse), nil
}

// vectorised returns the matrices Σ_k w_kj A_k as columns.
func vectorised(c Candidates, w *mat.Dense) *mat.Dense {
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

// inProduct returns the inner product of candidates in the form that linalg takes: 1/√F_kk,
// and the product with h, which is nil if F is diagonal.
func (f frobenius) inProduct() (b func(h *mat.Dense) *mat.Dense, scale []float64) {
	scale = linalg.InverseRoots(f.diagonal(), 0)
	if f.disjoint() {
		return nil, scale
	}
	return f.times, scale
}
