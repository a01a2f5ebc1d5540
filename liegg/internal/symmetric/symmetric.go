// Package symmetric makes products exactly symmetric that are symmetric up to
// rounding.
package symmetric

import "gonum.org/v1/gonum/mat"

// Part returns ½(m + mᵀ) of a square matrix.
func Part(m *mat.Dense) *mat.SymDense {
	n, _ := m.Dims()
	s := mat.NewSymDense(n, nil)
	for i := range n {
		for j := i; j < n; j++ {
			s.SetSym(i, j, (m.At(i, j)+m.At(j, i))/2)
		}
	}
	return s
}
