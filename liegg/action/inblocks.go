package action

import (
	"github.com/gomlx/compute/dtypes"
	. "github.com/gomlx/gomlx/core/graph"

	"github.com/liegg/lab/liegg/internal/nodes"
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

// MetricInBlocks returns Metric for each of several blocks of one size, float64 [blocks, K, K]. x has
// shape [batch, input…], with one block after the other, and w is float64 of shape [batch].
func MetricInBlocks(a Action, x, w *Node, blocks int) *Node {
	switch a := a.(type) {
	case Vectors:
		moments := a.DataMoments(x, w, blocks)
		s := nodes.Symmetric(moments, innerOrIdentity(a.inner, a.n))
		return Reshape(Einsum("ik,bjl->bijkl", s, moments), blocks, a.Dim(), a.Dim())
	case Image:
		return a.metrics(x, w, blocks)
	case Equivariance:
		m := MetricInBlocks(a.Action, x, w, blocks)
		return a.padded(a.padded(m, 1), 2)
	case restriction:
		return a.turned(MetricInBlocks(a.Action, x, w, blocks))
	case spanningRestriction:
		return a.turned(MetricInBlocks(a.Action, x, w, blocks))
	case MetricBuilder:
		return inEach(blocks, func(of []*Node) *Node { return a.Metric(of[0], of[1]) }, x, w)
	}
	root := Reshape(ConvertDType(Sqrt(w), x.DType()), w.Shape().Dim(0), 1, 1)
	weighted := Mul(flatTangents(a, x), root)
	t := ConvertDType(Reshape(weighted, blocks, -1, a.Dim(), weighted.Shape().Dim(2)), dtypes.Float64)
	return Einsum("brkp,brlp->bkl", t, t)
}

// MetricFactorInBlocks returns the right factor of MetricFactors for each of several blocks. It panics if
// the metric has none.
func MetricFactorInBlocks(a Action, x, w *Node, blocks int) *Node {
	if v, ok := a.(InBlocks); ok {
		return v.DataMoments(x, w, blocks)
	}
	_, right := MetricFactors(a)
	return inEach(blocks, func(of []*Node) *Node { return right(of[0], of[1]) }, x, w)
}

// OutputMetrics is OutputMetric for each of several blocks of y, [blocks, K, K].
func (e Equivariance) OutputMetrics(y *Node, blocks int) *Node {
	v := ConvertDType(Reshape(e.OutputVelocities(y), blocks, -1, e.Dim()), dtypes.Float64)
	return Einsum("brk,brl->bkl", v, v)
}

// DataMoments is DataMoment for each of several blocks.
func DataMoments(s Spanning, x, w *Node, blocks int) *Node {
	if v, ok := spanned(s).(InBlocks); ok {
		return v.DataMoments(x, w, blocks)
	}
	return inEach(blocks, func(of []*Node) *Node { return s.DataMoment(of[0], of[1]) }, x, w)
}

// GradientMoments is GradientMoment for each of several blocks.
func GradientMoments(s Spanning, g *Node, blocks int) *Node {
	if v, ok := spanned(s).(InBlocks); ok {
		return v.GradientMoments(g, blocks)
	}
	return inEach(blocks, func(of []*Node) *Node { return s.GradientMoment(of[0]) }, g)
}

// spanned is the action that a restriction takes its moments from.
func spanned(s Spanning) Spanning {
	if r, ok := s.(spanningRestriction); ok {
		return spanned(r.Spanning)
	}
	return s
}

// inEach returns the results of f for the blocks of some nodes, [blocks, …]. It builds f once for each.
func inEach(blocks int, f func(of []*Node) *Node, all ...*Node) *Node {
	each := make([]*Node, blocks)
	for b := range each {
		of := make([]*Node, len(all))
		for i, n := range all {
			size := n.Shape().Dim(0) / blocks
			of[i] = Slice(n, AxisRange(b*size, (b+1)*size))
		}
		each[b] = f(of)
	}
	return Stack(each, 0)
}
