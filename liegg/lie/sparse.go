package lie

import (
	"cmp"
	"slices"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/lie/internal/sparsity"
)

// Sparse returns an orthonormal basis of the algebra with few large entries:
// a rotation of Basis, Dim matrices of unit Frobenius norm. It is found by
// varimax (Kaiser, Psychometrika 23, 1958), which for orthonormal matrices
// maximises Σ_k Σ_ij (H_k)_ij⁴, taking the best of several fixed starts. A
// second step lowers Σ |(H_k)_ij|, which also decides where varimax is flat,
// for example among diagonal matrices of trace zero.
//
// The first of each matrix's largest entries, read row by row, is positive,
// and the matrices are sorted by its position. The result is deterministic.
// For a scrambled so(n) Sparse recovers (E_ij − E_ji)/√2, for gl(n) E_ij. For
// an algebra without a sparse basis it returns some orthonormal one.
func Sparse(a Algebra) []*mat.Dense {
	if a.Dim() == 0 {
		return nil
	}
	rows := sparsity.Sparsest(a.rows())
	sparsity.LowerL1(rows)
	out := make([]*mat.Dense, len(rows))
	for k, row := range rows {
		if row[sparsity.LeadingEntry(row)] < 0 {
			floats.Scale(-1, row)
		}
		out[k] = mat.NewDense(a.n, a.n, row)
	}
	slices.SortStableFunc(out, func(x, y *mat.Dense) int {
		return cmp.Compare(sparsity.LeadingEntry(x.RawMatrix().Data), sparsity.LeadingEntry(y.RawMatrix().Data))
	})
	return out
}

// rows returns the basis matrices as vectors, row by row: Dim of length n².
func (a Algebra) rows() [][]float64 {
	out := make([][]float64, len(a.basis))
	for k, e := range a.basis {
		out[k] = slices.Clone(mat.DenseCopyOf(e).RawMatrix().Data)
	}
	return out
}
