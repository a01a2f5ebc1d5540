package linalg

import (
	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"
)

// panel is the number of columns that QuadraticForms works on at a time, so that the
// columns stay in the cache if there are many vectors.
const panel = 48

// QuadraticForms returns h_jᵀSh_j of every column h_j. It reads each entry above the diagonal
// once, passes over zeros, and never forms S·h, which takes half of the work of the product
// or less. It panics unless h has a row for each row of S.
func QuadraticForms(s *mat.SymDense, h *mat.Dense) []float64 {
	rows, columns := h.Dims()
	if rows != s.SymmetricDim() {
		panic("linalg: QuadraticForms: h must have a row for each row of S")
	}
	forms := make([]float64, columns)
	for from := 0; from < columns; from += panel {
		to := min(columns, from+panel)
		addQuadraticForms(forms[from:to], s, mat.DenseCopyOf(h.Slice(0, rows, from, to)))
	}
	return forms
}

func addQuadraticForms(forms []float64, s *mat.SymDense, h *mat.Dense) {
	raw, sum := s.RawSymmetric(), make([]float64, len(forms))
	for i := range raw.N {
		clear(sum) // ½S_ii·h_i + Σ_{j>i} S_ij·h_j
		for j, v := range raw.Data[i*raw.Stride+i : i*raw.Stride+raw.N] {
			if j == 0 {
				v /= 2
			}
			if v != 0 {
				floats.AddScaled(sum, v, h.RawRowView(i+j))
			}
		}
		for j, v := range h.RawRowView(i) {
			forms[j] += 2 * v * sum[j]
		}
	}
}
