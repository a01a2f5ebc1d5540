package linalg

import (
	"math"

	"gonum.org/v1/gonum/mat"
)

// Identity returns the n×n identity matrix.
func Identity(n int) *mat.Dense {
	m := mat.NewDense(n, n, nil)
	for i := range n {
		m.Set(i, i, 1)
	}
	return m
}

// Diagonal returns the diagonal of s.
func Diagonal(s mat.Symmetric) []float64 {
	d := make([]float64, s.SymmetricDim())
	for k := range d {
		d[k] = s.At(k, k)
	}
	return d
}

// ScaleRows multiplies row i of m by by[i].
func ScaleRows(m *mat.Dense, by []float64) {
	for i, s := range by {
		row := m.RawRowView(i)
		for j := range row {
			row[j] *= s
		}
	}
}

// InverseRoots returns 1/√d_k, and 0 if d_k is no more than floor.
func InverseRoots(d []float64, floor float64) []float64 {
	r := make([]float64, len(d))
	for k, v := range d {
		if v > floor {
			r[k] = 1 / math.Sqrt(v)
		}
	}
	return r
}
