package action

import (
	"github.com/gomlx/compute/dtypes"
	. "github.com/gomlx/gomlx/core/graph"
)

// InBlocks are the sums of a batch that holds several blocks of samples, one after the other and of
// one size: each is a sum as of Spanning or GramPairs for every block, and has the blocks as its
// first axis. x has shape [batch, input…], w [batch], and gradients the shape of x.
type InBlocks interface {
	DataMoments(x, w *Node, blocks int) *Node
	GradientMoments(g *Node, blocks int) *Node
	GramSums(x *Node, gradients []*Node, blocks int) *Node
}

// DataMoments is DataMoment for each block.
func (v Vectors) DataMoments(x, w *Node, blocks int) *Node {
	moved := ConvertDType(v.homogeneous(x), dtypes.Float64)
	weighted := Mul(moved, Reshape(w, w.Shape().Dim(0), 1, 1))
	return Einsum("brj,brl->bjl", Reshape(weighted, blocks, -1, v.columns()), Reshape(moved, blocks, -1, v.columns()))
}

// GradientMoments is GradientMoment for each block.
func (v Vectors) GradientMoments(g *Node, blocks int) *Node {
	covectors := ConvertDType(Reshape(g, blocks, -1, v.n), dtypes.Float64)
	return Einsum("bri,brj->bij", covectors, covectors)
}

// GramSums builds the sums of GramPairs for each block.
func (v Vectors) GramSums(x *Node, gradients []*Node, blocks int) *Node {
	covectors := make([]*Node, len(gradients))
	for i, g := range gradients {
		covectors[i] = turned(Reshape(g, -1, v.n))
	}
	vectors := turned(Reshape(v.homogeneous(x), -1, v.columns()))
	rows, columns := newTriangle(v.n).squares(covectors), newTriangle(v.columns()).squares([]*Node{vectors})
	each := func(s *Node) *Node { return Reshape(s, s.Shape().Dim(0), blocks, -1) }
	return Einsum("pbr,qbr->bpq", each(rows), each(columns))
}

var _ InBlocks = Vectors{}
