package action

import (
	"slices"

	"github.com/gomlx/compute/dtypes"
	. "github.com/gomlx/gomlx/core/graph"
)

// Moved returns I(g⁻¹p), interpolated linearly along every axis; g is a
// matrix of the size of the generators. Outside the grid each channel has the
// mean of the samples on its border.
func (r Raster) Moved(x, g *Node) *Node {
	batch := x.Shape().Dim(0)
	samples := Reshape(x, batch, r.points(), r.channels)
	around := Reshape(Einsum("bpc,p->bc", samples, constant(x, r.border(), r.points())), batch, 1, r.channels)
	// A row holds one point of all samples, so that a gather copies whole
	// rows.
	original := Reshape(TransposeAllAxes(Sub(samples, around), 1, 0, 2), r.points(), batch*r.channels)
	index := r.sources(g)
	var moved *Node
	for corner := range 1 << len(r.sizes) {
		moved = plus(moved, r.corner(original, index, corner))
	}
	moved = TransposeAllAxes(Reshape(moved, r.points(), batch, r.channels), 1, 0, 2)
	return Reshape(Add(moved, around), x.Shape().Dimensions...)
}

// border returns weights for the mean over the border of the grid.
func (r Raster) border() []float64 {
	weights, count := make([]float64, r.points()), 0.0
	for place := range weights {
		rest := place
		for axis := len(r.sizes) - 1; axis >= 0; axis-- {
			if i := rest % r.sizes[axis]; i == 0 || i == r.sizes[axis]-1 {
				weights[place] = 1
			}
			rest /= r.sizes[axis]
		}
		count += weights[place]
	}
	for place := range weights {
		weights[place] /= count
	}
	return weights
}

// sources returns, for each axis, the fractional indices among the original's
// samples from which each point of the moved one comes, float64 [points].
func (r Raster) sources(g *Node) []*Node {
	d := len(r.sizes)
	points := make([]*Node, d+1)
	for i, p := range r.coordinates() {
		points[i] = constant(g, p, r.points())
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
		index[axis] = AddScalar(MulScalar(Div(image(d-1-axis), scale), r.Unit()), middle)
	}
	return index
}

// entries returns the entries of g as scalars, completed to diag(g, 1) if g
// is D×D.
func (r Raster) entries(g *Node) [][]*Node {
	size := g.Shape().Dim(0)
	m := make([][]*Node, len(r.sizes)+1)
	for i := range m {
		m[i] = make([]*Node, len(m))
		for j := range m {
			switch {
			case i < size && j < size:
				m[i][j] = Reshape(Slice(g, AxisElem(i), AxisElem(j)))
			case i == j:
				m[i][j] = Scalar(g.Graph(), g.DType(), 1)
			default:
				m[i][j] = ScalarZero(g.Graph(), g.DType())
			}
		}
	}
	return m
}

// corner returns the contribution of one corner of each cell to the
// interpolation. The bits of its number say on which axes it is the upper
// corner.
func (r Raster) corner(original *Node, index []*Node, corner int) *Node {
	var weight, place *Node
	for axis, at := range index {
		near := neighbours(at)[corner>>axis&1]
		share := OneMinus(Abs(Sub(at, near)))
		share = Where(within(near, r.sizes[axis]), share, ZerosLike(share))
		step := ClipScalar(near, 0, float64(r.sizes[axis]-1))
		if axis == 0 {
			weight, place = share, step
			continue
		}
		weight, place = Mul(weight, share), Add(MulScalar(place, float64(r.sizes[axis])), step)
	}
	values := Gather(original, Reshape(ConvertDType(place, dtypes.Int32), r.points(), 1))
	return Mul(values, Reshape(ConvertDType(weight, original.DType()), r.points(), 1))
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
// those on grids do: their velocities are then not quite those of that motion.
func Resamples(a Action) bool {
	r, ok := a.(interface{ resamples() bool })
	return ok && r.resamples()
}

func (Image) resamples() bool  { return true }
func (Raster) resamples() bool { return true }

func (r restriction) resamples() bool { return Resamples(r.Action) }

func (b blocks) resamples() bool { return slices.ContainsFunc(b, Resamples) }
