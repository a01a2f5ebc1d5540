package liegg

import "gonum.org/v1/gonum/mat"

// smallest returns the count smallest of what stationary returns, or as many of
// them as could be found. It works by LOBPCG, on G as it is: for a few vectors
// that takes a Cholesky decomposition, K³/3 operations, in place of the more than
// 9K³ of all eigenvectors.
//
// b is the inner product B in which h has unit length, nil where it is diagonal;
// scale is 1/√B_kk, and 0 for candidates that are left out.
func (f gramForm) smallest(b func(h *mat.Dense) *mat.Dense, scale []float64, count int) ([]float64, *mat.Dense, error) {
	p := f.pencil(b, scale)
	var err error
	if p.precondition, err = f.inverse(scale, p.mean()); err != nil {
		return nil, nil, err
	}
	return p.smallest(count)
}

func (f gramForm) pencil(b func(h *mat.Dense) *mat.Dense, scale []float64) pencil {
	p := pencil{scale: scale, trace: traceOf(diagonalOf(f.g), scale)}
	p.apply = func(h *mat.Dense) (*mat.Dense, *mat.Dense, error) {
		var gh mat.Dense
		gh.Mul(f.g, h)
		if b == nil {
			return &gh, nil, nil
		}
		return &gh, b(h), nil
	}
	return p
}

// inverse returns r ↦ (G+σ)⁻¹r in scaled candidates, with the smallest σ that
// rounding in G leaves it. The error is ErrDecomposition, where G is far from
// positive semidefinite.
func (f gramForm) inverse(scale []float64, mean float64) (func(r *mat.Dense) *mat.Dense, error) {
	var chol mat.Cholesky
	for σ := 1e-10 * mean; !chol.Factorize(f.shifted(scale, σ)); σ *= 100 {
		if !(σ < mean) {
			return nil, ErrDecomposition
		}
	}
	return func(r *mat.Dense) *mat.Dense {
		var x mat.Dense
		_ = chol.SolveTo(&x, r) // it warns of a large condition number, as a G with zeros has
		return &x
	}, nil
}

// shifted returns G+σ in scaled candidates, with 1 on the diagonal of those left
// out.
func (f gramForm) shifted(scale []float64, σ float64) *mat.SymDense {
	k := f.g.SymmetricDim()
	m := mat.NewSymDense(k, nil)
	for i := range k {
		from, to := f.g.RawSymmetric().Data[i*f.g.RawSymmetric().Stride:], m.RawSymmetric().Data[i*k:]
		for j := i; j < k; j++ {
			to[j] = from[j] * scale[i] * scale[j]
		}
		if to[i] += σ; scale[i] == 0 {
			to[i] = 1
		}
	}
	return m
}

func diagonalOf(s *mat.SymDense) []float64 {
	d := make([]float64, s.SymmetricDim())
	for k := range d {
		d[k] = s.At(k, k)
	}
	return d
}

// productWith returns h ↦ S·h.
func productWith(s *mat.SymDense) func(h *mat.Dense) *mat.Dense {
	return func(h *mat.Dense) *mat.Dense {
		var sh mat.Dense
		sh.Mul(s, h)
		return &sh
	}
}

// inProduct is the inner product of candidates for pencil: 1/√F_kk, and the
// product with h, nil where F is diagonal.
func (f frobenius) inProduct() (b func(h *mat.Dense) *mat.Dense, scale []float64) {
	scale = inverseRoots(f.diagonal(), 0)
	if f.disjoint() {
		return nil, scale
	}
	return f.times, scale
}
