package linalg

import "gonum.org/v1/gonum/mat"

// SymmetricPart returns ½(m + mᵀ) of a square matrix. It makes products exactly symmetric
// that are symmetric up to rounding.
func SymmetricPart(m *mat.Dense) *mat.SymDense {
	n, _ := m.Dims()
	s := mat.NewSymDense(n, nil)
	for i := range n {
		for j := i; j < n; j++ {
			s.SetSym(i, j, (m.At(i, j)+m.At(j, i))/2)
		}
	}
	return s
}
