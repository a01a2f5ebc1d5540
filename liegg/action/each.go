package action

import (
	. "github.com/gomlx/gomlx/core/graph"

	"github.com/liegg/lab/liegg/lie"
)

// EachMover is a Mover that can move each input by a matrix of its own.
type EachMover interface {
	Mover

	// MovedEach returns g_i·x_i, of the shape and type of x, for x [batch,
	// input…] and float64 matrices g [batch, n, n]. It can be differentiated
	// with respect to g. It is graph code and may panic.
	MovedEach(x, g *Node) *Node
}

// MovedEach returns g_i·x_i for x [batch, input…] and float64 matrices g
// [batch, n, n], by the action's own method if it is an EachMover, and
// otherwise input by input, which makes large graphs for large batches. It
// panics unless a is a Mover.
func MovedEach(a Action, x, g *Node) *Node {
	if e, ok := a.(EachMover); ok {
		return e.MovedEach(x, g)
	}
	m, each := moverOf(a), make([]*Node, x.Shape().Dim(0))
	for i := range each {
		each[i] = m.Moved(Slice(x, AxisRange(i, i+1)), Reshape(Slice(g, AxisElem(i)), g.Shape().Dimensions[1:]...))
	}
	return Concatenate(each, 0)
}

// MovedEach returns g_i·x̃_v for each vector of input i, as Moved does.
func (v Vectors) MovedEach(x, g *Node) *Node {
	if v.centre != nil {
		g = Einsum("ij,bjk->bik", constant(g, away(v.centre).RawMatrix().Data, v.n+1, v.n+1), g)
		g = Einsum("bij,jk->bik", g, constant(g, lie.TranslationBy(v.centre...).RawMatrix().Data, v.n+1, v.n+1))
	}
	rows := Slice(ConvertDType(g, x.DType()), AxisRange(), AxisRange(0, v.n))
	moved := Einsum("bvj,bij->bvi", v.homogeneous(x), rows)
	if v.centre != nil {
		moved = Add(moved, v.centres(x))
	}
	return Reshape(moved, x.Shape().Dimensions...)
}

// MovedEach returns the images I_i(g_i⁻¹p), as Moved does.
func (m Image) MovedEach(x, g *Node) *Node {
	row, column := m.source(g)
	return m.resampledEach(x, []*Node{row, column})
}

// MovedEach returns I_i(g_i⁻¹p), as Moved does.
func (r Raster) MovedEach(x, g *Node) *Node { return r.resampledEach(x, r.sources(g)) }

// MovedEach applies the whole action's MovedEach.
func (r restriction) MovedEach(x, g *Node) *Node { return MovedEach(r.Action, x, g) }

// entry is an entry of a matrix as a scalar, and of matrices [batch, n, n] as [batch, 1].
func entry(g *Node, i, j int) *Node {
	if g.Rank() == 3 {
		return Reshape(Slice(g, AxisRange(), AxisElem(i), AxisElem(j)), -1, 1)
	}
	return Reshape(Slice(g, AxisElem(i), AxisElem(j)))
}

// across is a coordinate of all points, to be combined with entries.
func across(g *Node, values []float64) *Node {
	if g.Rank() == 3 {
		return constant(g, values, 1, len(values))
	}
	return constant(g, values, len(values))
}
