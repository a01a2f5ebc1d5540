package action

import (
	. "github.com/gomlx/gomlx/core/graph"

	"github.com/liegg/lab/liegg/internal/nodes"
)

// Moved returns I(g⁻¹p), interpolated along every axis, linearly or, if
// the action was given a layout, by cubic polynomials; g is a
// matrix of the size of the generators. What comes from outside the grid is
// told by Framed; by default each channel has the mean of the samples on its
// border.
func (r Raster) Moved(x, g *Node) *Node { return r.lattice.Resampled(x, r.sources(g)) }

// sources returns, for each axis, the fractional indices among the original's
// samples from which each point of the moved one comes, float64 [points], and
// [batch·points] for matrices g [batch, n, n].
func (r Raster) sources(g *Node) []*Node {
	d := len(r.lattice.Sizes)
	points := make([]*Node, d+1)
	for i, p := range r.coordinates() {
		points[i] = nodes.Across(g, p)
	}
	points[d] = OnesLike(points[0])
	from := nodes.Adjugate(r.entries(g))
	image := func(i int) *Node {
		var sum *Node
		for j := range points {
			sum = nodes.Plus(sum, Mul(from[i][j], points[j]))
		}
		return sum
	}
	index, scale := make([]*Node, d), image(d)
	for axis := range d {
		middle := float64(r.lattice.Sizes[axis]-1) / 2
		index[axis] = Reshape(AddScalar(MulScalar(Div(image(d-1-axis), scale), r.Unit()), middle), -1)
	}
	return index
}

// entries returns the entries of g, each by entry, completed to diag(g, 1) if g
// is D×D.
func (r Raster) entries(g *Node) [][]*Node {
	size := g.Shape().Dim(-1)
	m := make([][]*Node, len(r.lattice.Sizes)+1)
	for i := range m {
		m[i] = make([]*Node, len(m))
		for j := range m {
			switch {
			case i < size && j < size:
				m[i][j] = nodes.Entry(g, i, j)
			case i == j:
				m[i][j] = Scalar(g.Graph(), g.DType(), 1)
			default:
				m[i][j] = ScalarZero(g.Graph(), g.DType())
			}
		}
	}
	return m
}

// Moved returns the images I(g⁻¹p), interpolated bilinearly, or by cubic
// polynomials if the action has a layout. What comes from
// outside the frame is told by Framed; by default it is the mean of the
// image's border pixels, channel by channel, so a
// bilinear result equals dataset.Warp's if that is the background.
func (m Image) Moved(x, g *Node) *Node {
	row, column := m.source(g)
	return m.lattice.Resampled(x, []*Node{row, column})
}

// source returns g⁻¹p, the position among the original's pixels from which
// each pixel of the moved image comes: fractional rows and columns, float64
// [pixels], and [batch·pixels] for matrices g [batch, n, n].
func (m Image) source(g *Node) (row, column *Node) {
	at := func(i, j int) *Node { return nodes.Entry(g, i, j) }
	x, y := nodes.Across(g, m.grid.x), nodes.Across(g, m.grid.y)
	if m.affine {
		x, y = Sub(x, at(0, 2)), Sub(y, at(1, 2))
	}
	a, b, c, d := at(0, 0), at(0, 1), at(1, 0), at(1, 1)
	determinant := Sub(Mul(a, d), Mul(b, c))
	fromX := Div(Sub(Mul(d, x), Mul(b, y)), determinant)
	fromY := Div(Sub(Mul(a, y), Mul(c, x)), determinant)
	return Reshape(m.pixel(fromY, m.grid.y[0], m.grid.y[m.lattice.Sizes[1]]), -1), Reshape(m.pixel(fromX, m.grid.x[0], m.grid.x[1]), -1)
}

// pixel returns the fractional index of a coordinate, given the coordinates
// of indices 0 and 1.
func (m Image) pixel(coordinate *Node, zero, one float64) *Node {
	return DivScalar(AddScalar(coordinate, -zero), one-zero)
}

// MovedEach returns the images I_i(g_i⁻¹p), as Moved does.
func (m Image) MovedEach(x, g *Node) *Node {
	row, column := m.source(g)
	return m.lattice.ResampledEach(x, []*Node{row, column})
}

// MovedEach returns I_i(g_i⁻¹p), as Moved does.
func (r Raster) MovedEach(x, g *Node) *Node { return r.lattice.ResampledEach(x, r.sources(g)) }
