package profile

import "gonum.org/v1/gonum/mat"

// splitMoments describes the linear motion of m activations h under K generators,
// t_k = J·(A_k·x), on half of the samples. It suffices to fit t_k ≈ B_k h, and to test a B that was
// fitted to the other half.
type splitMoments struct {
	samples int
	gram    *mat.SymDense // Σ t_k·t_l, K×K
	second  *mat.SymDense // Σ h hᵀ, m×m; nil if nothing is to be fitted
	mixed   *mat.Dense    // Σ t_k hᵀ, one m×m block below the other
}

func newSplitMoments(k, m int, fitted bool) splitMoments {
	h := splitMoments{gram: mat.NewSymDense(k, nil)}
	if fitted {
		h.second, h.mixed = mat.NewSymDense(m, nil), mat.NewDense(k*m, m, nil)
	}
	return h
}

// numbers returns the number of sums, none if nothing is to be fitted.
func (h splitMoments) numbers() int {
	if h.second == nil {
		return 0
	}
	return 3
}

// add adds the values of a chunk to the sums and returns the remaining values, which belong
// to others.
func (h *splitMoments) add(samples int, values [][]float64) [][]float64 {
	h.samples += samples
	if h.second != nil {
		m := h.second.SymmetricDim()
		h.gram.AddSym(h.gram, mat.NewSymDense(h.gram.SymmetricDim(), values[0]))
		h.second.AddSym(h.second, mat.NewSymDense(m, values[1]))
		rows, _ := h.mixed.Dims()
		h.mixed.Add(h.mixed, mat.NewDense(rows, m, values[2]))
	}
	return values[h.numbers():]
}

// fit returns the B_k that minimise Σ‖t_k − B_k h‖², one below the other, or nil if all
// activations vanish. A ridge of 1e-10 of the mean square keeps directions out of B that the
// activations do not span.
func (h splitMoments) fit() *mat.Dense {
	m := h.second.SymmetricDim()
	ridge := 1e-10 * mat.Trace(h.second) / float64(m)
	ridged := mat.NewSymDense(m, nil)
	ridged.CopySym(h.second)
	for i := range m {
		ridged.SetSym(i, i, ridged.At(i, i)+ridge)
	}
	var cholesky mat.Cholesky
	var b mat.Dense
	if !cholesky.Factorize(ridged) || cholesky.SolveTo(&b, h.mixed.T()) != nil && b.IsEmpty() {
		return nil
	}
	return mat.DenseCopyOf(b.T())
}

// residual returns Σ (t_k − B_k h)·(t_l − B_l h) over this half, with B fitted to the other
// one.
func (h splitMoments) residual(other splitMoments) *mat.SymDense {
	b := other.fit()
	if b == nil {
		return h.gram
	}
	k := h.gram.SymmetricDim()
	var bs, cross, square mat.Dense
	bs.Mul(b, h.second)
	cross.Mul(flattened(b, k), flattened(h.mixed, k).T())
	square.Mul(flattened(&bs, k), flattened(b, k).T())
	r := mat.NewSymDense(k, nil)
	for i := range k {
		for j := i; j < k; j++ {
			r.SetSym(i, j, h.gram.At(i, j)-cross.At(i, j)-cross.At(j, i)+(square.At(i, j)+square.At(j, i))/2)
		}
	}
	return r
}

// flattened reads k blocks, one below the other, as k rows.
func flattened(m *mat.Dense, k int) *mat.Dense {
	return mat.NewDense(k, len(m.RawMatrix().Data)/k, m.RawMatrix().Data)
}
