package action

import (
	. "github.com/gomlx/gomlx/core/graph"
	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/lie"
)

// Mover is an Action that can also move inputs by finite transformations, as
// graph code: by the flow exp(tA) of a generator, or any other matrix of the
// group.
type Mover interface {
	Action

	// Moved returns g·x, of the shape and type of x, for x [batch, input…]
	// and a float64 matrix g of the size of the action's generators, such as
	// lie.Exp of one of them. One matrix moves the whole batch. It can be
	// differentiated with respect to g. It is graph code and may panic.
	Moved(x, g *Node) *Node
}

// Ranger is an Action that knows when it moves inputs out of the range of the
// data, where a network extrapolates.
type Ranger interface {
	// Range learns the range from N inputs, one after the other in values.
	// The function that it returns gives the share in [0, 1] of them that g
	// moves out of range. Range panics unless values holds whole inputs.
	Range(values []float64) (outside func(g mat.Matrix) float64)
}

// Moved returns g·x̃_v for each vector, with x̃ = x or (x, 1). Affine maps
// are applied about the centre, where float32 has enough digits for it.
func (v Vectors) Moved(x, g *Node) *Node {
	if v.centre != nil {
		there := constant(g, away(v.centre).RawMatrix().Data, v.n+1, v.n+1)
		back := constant(g, lie.TranslationBy(v.centre...).RawMatrix().Data, v.n+1, v.n+1)
		g = Einsum("ij,jk->ik", Einsum("ij,jk->ik", there, g), back)
	}
	rows := Slice(ConvertDType(g, x.DType()), AxisRange(0, v.n))
	moved := Einsum("bvj,ij->bvi", v.homogeneous(x), rows)
	if v.centre != nil {
		moved = Add(moved, v.centres(x))
	}
	return Reshape(moved, x.Shape().Dimensions...)
}

// Moved returns the images I(g⁻¹p), interpolated bilinearly, or by cubic
// polynomials if the action has a layout. What comes from
// outside the frame is told by Framed; by default it is the mean of the
// image's border pixels, channel by channel, so a
// bilinear result equals dataset.Warp's if that is the background.
func (m Image) Moved(x, g *Node) *Node {
	row, column := m.source(g)
	return m.resampled(x, []*Node{row, column})
}

// source returns g⁻¹p, the position among the original's pixels from which
// each pixel of the moved image comes: fractional rows and columns, float64
// [pixels], and [batch·pixels] for matrices g [batch, n, n].
func (m Image) source(g *Node) (row, column *Node) {
	at := func(i, j int) *Node { return entry(g, i, j) }
	x, y := across(g, m.grid.x), across(g, m.grid.y)
	if m.affine {
		x, y = Sub(x, at(0, 2)), Sub(y, at(1, 2))
	}
	a, b, c, d := at(0, 0), at(0, 1), at(1, 0), at(1, 1)
	determinant := Sub(Mul(a, d), Mul(b, c))
	fromX := Div(Sub(Mul(d, x), Mul(b, y)), determinant)
	fromY := Div(Sub(Mul(a, y), Mul(c, x)), determinant)
	return Reshape(m.pixel(fromY, m.grid.y[0], m.grid.y[m.sizes[1]]), -1), Reshape(m.pixel(fromX, m.grid.x[0], m.grid.x[1]), -1)
}

// pixel returns the fractional index of a coordinate, given the coordinates
// of indices 0 and 1.
func (m Image) pixel(coordinate *Node, zero, one float64) *Node {
	return DivScalar(AddScalar(coordinate, -zero), one-zero)
}
