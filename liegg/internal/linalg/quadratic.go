package linalg

import (
	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"
)

// rowsTogether is the number of rows of S that QuadraticForms works on at a time: they stay
// in the cache while all the vectors pass.
const rowsTogether = 4

// QuadraticForms returns h_jᵀSh_j of every column h_j. It reads each entry above the diagonal
// once, passes over zeros in rows of few other entries, and never forms S·h, which takes half
// of the work of the product or less. It panics unless h has a row for each row of S.
func QuadraticForms(s *mat.SymDense, h *mat.Dense) []float64 {
	rows, columns := h.Dims()
	if rows != s.SymmetricDim() {
		panic("linalg: QuadraticForms: h must have a row for each row of S")
	}
	forms, along := make([]float64, columns), mat.DenseCopyOf(h.T())
	var full []int
	for i := range rows {
		if row := upper(s, i); sparse(row) {
			addSparse(forms, row, i, h)
		} else {
			full = append(full, i)
		}
		if len(full) == rowsTogether || i == rows-1 {
			addFull(forms, s, full, along)
			full = full[:0]
		}
	}
	return forms
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
			count++
		}
	}
	return 4*count < len(row)
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
