package liegg

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/mat"
)

// unitFrame returns W with ‖Σ_k (W g)_k A_k‖_F = ‖g‖, so that singular values
// belong to matrices of unit Frobenius norm whichever basis the candidates
// chose; nil where the A_k are orthonormal already. The errors are
// ErrDependent and *NotFiniteError.
func unitFrame(c Candidates) (*mat.Dense, error) {
	f := frobeniusGram(c)
	if !finiteSym(f) {
		return nil, &NotFiniteError{Sample: -1, What: "a candidate matrix"}
	}
	if isIdentity(f) {
		return nil, nil
	}
	var chol mat.Cholesky
	if !chol.Factorize(f) || chol.Cond() > 1e12 {
		return nil, ErrDependent
	}
	var u, w mat.TriDense
	chol.UTo(&u) // F = UᵀU, so h = U⁻¹g
	if err := w.InverseTri(&u); err != nil {
		return nil, ErrDependent
	}
	return mat.DenseCopyOf(&w), nil
}

// frobeniusGram returns F_kl = ⟨A_k, A_l⟩. Candidates are mostly sparse, so it
// goes over matrix entries and multiplies only the candidates that share one:
// for gl(n) that is n⁴ steps in place of n⁶.
func frobeniusGram(c Candidates) *mat.SymDense {
	type term struct {
		k int
		v float64
	}
	var entries [][]term
	k := c.Dim()
	h := make([]float64, k)
	for i := range k {
		h[i] = 1
		data := mat.DenseCopyOf(c.Generator(h)).RawMatrix().Data
		h[i] = 0
		if entries == nil {
			entries = make([][]term, len(data))
		}
		for p, v := range data {
			if v != 0 {
				entries[p] = append(entries[p], term{i, v})
			}
		}
	}
	f := mat.NewSymDense(k, nil)
	for _, terms := range entries {
		for i, a := range terms {
			for _, b := range terms[i:] {
				f.SetSym(a.k, b.k, f.At(a.k, b.k)+a.v*b.v)
			}
		}
	}
	return f
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

// still is the share of a direction's motion, squared and with every
// candidate's own scale divided out, below which it does not move the data:
// an amplitude of 1e-6, some 16 roundings of float32.
const still = 1e-12

// metric is D = Σ_i ‖J_i‖²_F T_iᵀT_i with what it says about directions that
// do not move the data.
type metric struct {
	d      *mat.SymDense
	moving []int     // candidates k that move the data by themselves
	scale  []float64 // 1/√D_kk of those
	floor  float64   // what D_kk must exceed to count as motion
}

// newMetric prepares D. The candidates are scaled one by one before anything
// is called small, so that the units of the inputs do not decide what moves.
func newMetric(d *mat.SymDense) *metric {
	m := &metric{d: d}
	var largest float64
	for k := range d.SymmetricDim() {
		largest = math.Max(largest, d.At(k, k))
	}
	m.floor = still / 10 * largest
	for k := range d.SymmetricDim() {
		if v := d.At(k, k); v > m.floor {
			m.moving = append(m.moving, k)
			m.scale = append(m.scale, 1/math.Sqrt(v))
		}
	}
	return m
}

// correlation returns D_kl/√(D_kk·D_ll) over the moving candidates.
func (m *metric) correlation() *mat.SymDense {
	r := mat.NewSymDense(len(m.moving), nil)
	for i, k := range m.moving {
		for j := i; j < len(m.moving); j++ {
			r.SetSym(i, j, m.d.At(k, m.moving[j])*m.scale[i]*m.scale[j])
		}
	}
	return r
}

// whiten returns W, K×(K−u), with WᵀDW = 1 and its columns a complement of
// Null(D); u is the number of directions that do not move the data. The errors
// are ErrUnmoved, ErrMetric (D is not positive semidefinite) and
// ErrDecomposition.
func (m *metric) whiten() (*mat.Dense, error) {
	if len(m.moving) == 0 {
		return nil, ErrUnmoved
	}
	var eigen mat.EigenSym
	if !eigen.Factorize(m.correlation(), true) {
		return nil, ErrDecomposition
	}
	var v mat.Dense
	eigen.VectorsTo(&v)
	λ := eigen.Values(nil)
	// A D that was summed in single precision shows its rounding in negative
	// eigenvalues; what lies within ten times of it says nothing.
	floor := math.Max(still*λ[len(λ)-1], -10*λ[0])
	first := slices.IndexFunc(λ, func(v float64) bool { return v > floor })
	if first < 0 {
		return nil, ErrMetric
	}
	w := mat.NewDense(m.d.SymmetricDim(), len(λ)-first, nil)
	for i, k := range m.moving {
		for j := first; j < len(λ); j++ {
			w.Set(k, j-first, m.scale[i]*v.At(i, j)/math.Sqrt(λ[j]))
		}
	}
	return w, nil
}

// length returns √(hᵀDh), or 0 if h does not move the data.
func (m *metric) length(h mat.Vector) float64 {
	moved := mat.Inner(h, m.d, h)
	if moved <= m.floor*mat.Dot(h, h) {
		return 0
	}
	return math.Sqrt(moved)
}
