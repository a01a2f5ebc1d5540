package nodes

import (
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"gonum.org/v1/gonum/mat"
)

// Constant embeds values in like's graph, converted to like's type.
func Constant(like *Node, values []float64, dimensions ...int) *Node {
	c := Const(like.Graph(), tensors.FromFlatDataAndDimensions(values, dimensions...))
	return ConvertDType(c, like.DType())
}

// IdentityMatrix returns the n×n identity as a constant of like's graph and type.
func IdentityMatrix(like *Node, n int) *Node {
	ones := make([]float64, n*n)
	for i := range n {
		ones[i*(n+1)] = 1
	}
	return Constant(like, ones, n, n)
}

// Symmetric embeds s as a constant of like's graph and type.
func Symmetric(like *Node, s *mat.SymDense) *Node {
	n := s.SymmetricDim()
	return Constant(like, mat.DenseCopyOf(s).RawMatrix().Data, n, n)
}
