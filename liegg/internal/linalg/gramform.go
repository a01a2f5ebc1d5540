package linalg

import (
	"fmt"

	"gonum.org/v1/gonum/mat"
)

// Smallest returns the count smallest values that Stationary returns, and their vectors as
// columns, or as many of them as could be found. It works by LOBPCG, on G as it is: for a few
// vectors that takes a Cholesky decomposition, K³/3 operations, in place of the more than 9K³
// of all eigenvectors.
//
// The vectors have unit length in the inner product B. The function b returns B·h; it is nil
// if B is diagonal. The scale is 1/√B_kk, and 0 for coordinates that are left out. The error
// wraps ErrUnsolved.
func (f GramForm) Smallest(b func(h *mat.Dense) *mat.Dense, scale []float64, count int) ([]float64, *mat.Dense, error) {
	p := f.Pencil(b, scale)
	var err error
	if p.Precondition, err = f.inverse(scale, p.Mean()); err != nil {
		return nil, nil, err
	}
	return p.Smallest(count)
}

// Pencil is the eigenproblem that Smallest solves, without its preconditioner.
func (f GramForm) Pencil(b func(h *mat.Dense) *mat.Dense, scale []float64) Pencil {
	p := Pencil{Scale: scale, Diagonal: Diagonal(f.G)}
	p.Apply = func(h *mat.Dense) (*mat.Dense, *mat.Dense, error) {
		var gh mat.Dense
		gh.Mul(f.G, h)
		if b == nil {
			return &gh, nil, nil
		}
		return &gh, b(h), nil
	}
	return p
}

// inverse returns r ↦ (G+σ)⁻¹r in scaled coordinates, with the smallest σ that rounding in G
// allows. The error wraps ErrUnsolved if G is far from positive semidefinite.
func (f GramForm) inverse(scale []float64, mean float64) (func(r *mat.Dense) *mat.Dense, error) {
	var chol mat.Cholesky
	for σ := 1e-10 * mean; !chol.Factorize(f.shifted(scale, σ)); σ *= 100 {
		if !(σ < mean) {
			return nil, fmt.Errorf("%w: the Gram matrix is not positive semidefinite", ErrUnsolved)
		}
	}
	return func(r *mat.Dense) *mat.Dense {
		var x mat.Dense
		_ = chol.SolveTo(&x, r) // it only warns of a large condition number, as of a G with zeros
		return &x
	}, nil
}

// shifted returns G+σ in scaled coordinates, with 1 on the diagonal of those left
// out.
func (f GramForm) shifted(scale []float64, σ float64) *mat.SymDense {
	k := f.G.SymmetricDim()
	m := mat.NewSymDense(k, nil)
	for i := range k {
		from, to := f.G.RawSymmetric().Data[i*f.G.RawSymmetric().Stride:], m.RawSymmetric().Data[i*k:]
		for j := i; j < k; j++ {
			to[j] = from[j] * scale[i] * scale[j]
		}
		if to[i] += σ; scale[i] == 0 {
			to[i] = 1
		}
	}
	return m
}
