package linalg

import (
	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"
)

// rowsTogether is the number of rows of S that QuadraticForms works on at a time: they stay
// in the cache while all the vectors pass.
const rowsTogether = 4

// Quadratic holds vectors h_j, of which quadratic forms are taken with many matrices.
type Quadratic struct {
	h, along *mat.Dense // as columns, and as rows
	left     *mat.SymDense
	folded   []*mat.SymDense // what a Kronecker product with that left factor folds them to
}

// NewQuadratic takes the columns of h, and one of the matrices: other Kronecker products with the
// same left factor are as quick as one can be.
func NewQuadratic(h *mat.Dense, like mat.Symmetric) *Quadratic {
	q := &Quadratic{h: h, along: mat.DenseCopyOf(h.T())}
	if k, ok := like.(Kronecker); ok {
		q.left, q.folded = k.Left, q.fold(k.Left)
	}
	return q
}

// Vectors returns the vectors as columns.
func (q *Quadratic) Vectors() *mat.Dense { return q.h }

// Forms returns h_jᵀSh_j of every vector. It reads each entry above the diagonal once, passes over
// zeros in rows of few other entries, and never forms S·h, which takes half of the work of the
// product or less. It panics unless the vectors have an entry for each row of S.
func (q *Quadratic) Forms(s mat.Symmetric) []float64 {
	rows, columns := q.h.Dims()
	if rows != s.SymmetricDim() {
		panic("linalg: Quadratic.Forms: vectors must have an entry for each row of S")
	}
	if k, ok := s.(Kronecker); ok {
		return q.factored(k)
	}
	forms, whole := make([]float64, columns), Whole(s)
	var full []int
	for i := range rows {
		if row := upper(whole, i); sparse(row) {
			addSparse(forms, row, i, q.h)
		} else {
			full = append(full, i)
		}
		if len(full) == rowsTogether || i == rows-1 {
			addFull(forms, whole, full, q.along)
			full = full[:0]
		}
	}
	return forms
}

// factored returns the forms Σ_jl R_jl·(HᵀLH)_jl with L ⊗ R, for vectors as matrices H.
func (q *Quadratic) factored(k Kronecker) []float64 {
	folded := q.folded
	if k.Left != q.left {
		folded = q.fold(k.Left)
	}
	forms := make([]float64, len(folded))
	for j, f := range folded {
		for i := range f.SymmetricDim() {
			r, v := upper(k.Right, i), upper(f, i)
			forms[j] += 2*floats.Dot(r, v) - r[0]*v[0]
		}
	}
	return forms
}

// fold returns HᵀLH of every vector.
func (q *Quadratic) fold(left *mat.SymDense) []*mat.SymDense {
	n, l := left.SymmetricDim(), mat.DenseCopyOf(left)
	folded := make([]*mat.SymDense, q.along.RawMatrix().Rows)
	for j := range folded {
		row := q.along.RawRowView(j)
		h := mat.NewDense(n, len(row)/n, row)
		var lh, hlh mat.Dense
		lh.Mul(l, h)
		hlh.Mul(h.T(), &lh)
		folded[j] = SymmetricPart(&hlh)
	}
	return folded
}

// upper is row i of S from the diagonal on.
func upper(s *mat.SymDense, i int) []float64 {
	raw := s.RawSymmetric()
	return raw.Data[i*raw.Stride+i : i*raw.Stride+raw.N]
}

// sparse reports whether less than a quarter of a row is not zero.
func sparse(row []float64) bool {
	count := 0
	for _, v := range row {
		if v != 0 {
			if count++; 4*count >= len(row) {
				return false
			}
		}
	}
	return true
}

// addFull adds h_i·(S_ii·h_i + 2·Σ_{k>i} S_ik·h_k) of some rows i, for every h, which are the
// rows of along.
func addFull(forms []float64, s *mat.SymDense, which []int, along *mat.Dense) {
	for j := range forms {
		h := along.RawRowView(j)
		for _, i := range which {
			row := upper(s, i)
			forms[j] += h[i] * (2*floats.Dot(row, h[i:]) - row[0]*h[i])
		}
	}
}

// addSparse adds the same of row i, of which the entries from the diagonal on are given, for
// every h, which are the columns of vectors.
func addSparse(forms, row []float64, i int, vectors *mat.Dense) {
	sum := make([]float64, len(forms)) // ½S_ii·h_i + Σ_{k>i} S_ik·h_k
	for k, v := range row {
		if k == 0 {
			v /= 2
		}
		if v != 0 {
			floats.AddScaled(sum, v, vectors.RawRowView(i+k))
		}
	}
	for j, v := range vectors.RawRowView(i) {
		forms[j] += 2 * v * sum[j]
	}
}
