package action

import (
	"slices"

	. "github.com/gomlx/gomlx/core/graph"
)

// Moved returns I(g⁻¹p), interpolated along every axis, linearly or, if
// the action was given a layout, by cubic polynomials; g is a
// matrix of the size of the generators. What comes from outside the grid is
// told by Framed; by default each channel has the mean of the samples on its
// border.
func (r Raster) Moved(x, g *Node) *Node { return r.resampled(x, r.sources(g)) }

// sources returns, for each axis, the fractional indices among the original's
// samples from which each point of the moved one comes, float64 [points], and
// [batch·points] for matrices g [batch, n, n].
func (r Raster) sources(g *Node) []*Node {
	d := len(r.sizes)
	points := make([]*Node, d+1)
	for i, p := range r.coordinates() {
		points[i] = across(g, p)
	}
	points[d] = OnesLike(points[0])
	from := adjugate(r.entries(g))
	image := func(i int) *Node {
		var sum *Node
		for j := range points {
			sum = plus(sum, Mul(from[i][j], points[j]))
		}
		return sum
	}
	index, scale := make([]*Node, d), image(d)
	for axis := range d {
		middle := float64(r.sizes[axis]-1) / 2
		index[axis] = Reshape(AddScalar(MulScalar(Div(image(d-1-axis), scale), r.Unit()), middle), -1)
	}
	return index
}

// entries returns the entries of g, each by entry, completed to diag(g, 1) if g
// is D×D.
func (r Raster) entries(g *Node) [][]*Node {
	size := g.Shape().Dim(-1)
	m := make([][]*Node, len(r.sizes)+1)
	for i := range m {
		m[i] = make([]*Node, len(m))
		for j := range m {
			switch {
			case i < size && j < size:
				m[i][j] = entry(g, i, j)
			case i == j:
				m[i][j] = Scalar(g.Graph(), g.DType(), 1)
			default:
				m[i][j] = ScalarZero(g.Graph(), g.DType())
			}
		}
	}
	return m
}

// adjugate returns m⁻¹ times the determinant, entry by entry.
func adjugate(m [][]*Node) [][]*Node {
	a := make([][]*Node, len(m))
	for i := range m {
		a[i] = make([]*Node, len(m))
		for j := range m {
			a[i][j] = determinant(minor(m, j, i))
			if (i+j)%2 == 1 {
				a[i][j] = Neg(a[i][j])
			}
		}
	}
	return a
}

// minor returns m without a row and a column.
func minor(m [][]*Node, row, column int) [][]*Node {
	var rest [][]*Node
	for i := range m {
		if i == row {
			continue
		}
		var kept []*Node
		for j := range m {
			if j != column {
				kept = append(kept, m[i][j])
			}
		}
		rest = append(rest, kept)
	}
	return rest
}

// determinant expands along the first row. Matrices are at most 3×3.
func determinant(m [][]*Node) *Node {
	if len(m) == 1 {
		return m[0][0]
	}
	var sum *Node
	for j := range m {
		term := Mul(m[0][j], determinant(minor(m, 0, j)))
		if j%2 == 1 {
			term = Neg(term)
		}
		sum = plus(sum, term)
	}
	return sum
}

// Resamples reports whether an action, or a part of it, moves inputs by interpolation, as
// actions on grids do: their velocities then differ slightly from the motion itself.
func Resamples(a Action) bool {
	r, ok := a.(interface{ resamples() bool })
	return ok && r.resamples()
}

func (Image) resamples() bool  { return true }
func (Raster) resamples() bool { return true }

func (r restriction) resamples() bool { return Resamples(r.Action) }

func (b blocks) resamples() bool { return slices.ContainsFunc(b, Resamples) }
