package linalg

import (
	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"
)

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

// AddTo adds s to sum. It does what gonum's AddSym does in one loop over single numbers. It
// panics if they differ in size.
func AddTo(sum, s *mat.SymDense) {
	to, from := sum.RawSymmetric(), s.RawSymmetric()
	if to.N != from.N {
		panic("linalg: AddTo: the matrices must be of one size")
	}
	for i := range to.N {
		floats.Add(to.Data[i*to.Stride+i:i*to.Stride+to.N], from.Data[i*from.Stride+i:i*from.Stride+from.N])
	}
}

// Product returns S·h.
func Product(s mat.Symmetric, h *mat.Dense) *mat.Dense {
	if k, ok := s.(Kronecker); ok {
		return k.as().Times(h)
	}
	var sh mat.Dense
	sh.Mul(s, h)
	return &sh
}
