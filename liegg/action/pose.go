package action

import (
	"math"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	. "github.com/gomlx/gomlx/core/graph"

	"github.com/liegg/lab/liegg/internal/nodes"
	"github.com/liegg/lab/liegg/lie"
)

// Poser is a Mover that reads from an input how it lies: which element of a group has brought it
// there from a canonical pose.
type Poser interface {
	EachMover

	// PoseAlgebra is the algebra of that group: rotations, or rigid motions.
	PoseAlgebra() lie.Algebra

	// Pose returns matrices g(x) [batch, n, n] of the size of generators with g(h·x) = h·g(x) for
	// all h of the group, and their inverses, for x [batch, input…]; all in float64. So
	// g(x)⁻¹·x is the same for all of an orbit.
	//
	// clear, [batch], is how clearly an input says so, relative to its size: at 0 it is symmetric
	// itself, so that there is no such g, and near 0 a small change of x changes g much. whole
	// says whether g is one element. If it is false, too few vectors fix it, and some columns of g
	// and rows of the inverse are 0: g(x)⁻¹·x is canonical all the same, but outputs that move cannot
	// be turned back.
	Pose(x *Node) (g, inverse, clear *Node, whole bool)
}

// PoseAlgebra is so(n), and se(n) for points.
func (v Vectors) PoseAlgebra() lie.Algebra {
	if v.affine {
		return lie.SE(v.n)
	}
	return lie.SO(v.n)
}

// mostAxes is the largest n whose last axis is found by determinants.
const mostAxes = 6

// Pose orthonormalises the first n − 1 vectors in their order (Gram–Schmidt); the last axis makes a
// rotation of them. Points are taken about their mean. An input is unclear if one of the vectors
// nearly depends on those before it. If there are fewer vectors, as many axes are found; of R⁷ and
// larger spaces no last axis is.
func (v Vectors) Pose(x *Node) (g, inverse, clear *Node, whole bool) {
	batch := x.Shape().Dim(0)
	vectors := ConvertDType(Reshape(x, batch, v.c, v.n), dtypes.Float64)
	var mean *Node
	if v.affine {
		points := v.pointCount()
		mean = ReduceAndKeep(Slice(vectors, AxisRange(), AxisRange(0, points)), ReduceMean, 1)
		vectors = Sub(vectors, Mul(mean, v.ones(vectors)))
	}
	size := Sqrt(ReduceMean(ReduceSum(Square(vectors), 2), 1)) // [batch]
	axes, clear := v.axes(vectors, size)
	if whole = len(axes) == v.n-1 && v.n <= mostAxes; whole {
		axes = append(axes, lastAxis(axes, size, v.n))
	}
	if clear == nil { // n = 1, or no vectors
		clear = OnesLike(size)
	}
	for len(axes) < v.n {
		axes = append(axes, Zeros(x.Graph(), shapes.Make(dtypes.Float64, batch, v.n)))
	}
	g = Stack(axes, 2)
	inverse = Stack(axes, 1)
	if v.affine {
		centre := Squeeze(mean, 1)
		g, inverse = withTranslation(g, centre), withTranslation(inverse, Neg(Einsum("bij,bj->bi", inverse, centre)))
	}
	return g, inverse, clear, whole
}

// axes makes vectors [batch, c, n] orthonormal in their order, and returns at most n − 1 axes,
// [batch, n] each. clear, [batch], is the smallest share of a vector that does not depend on those
// before it, in units of size, the root mean square length of the vectors; nil if there are no axes.
func (v Vectors) axes(vectors, size *Node) (axes []*Node, clear *Node) {
	tiny := Scalar(vectors.Graph(), dtypes.Float64, 1e-300)
	for k := range v.c {
		if len(axes) == v.n-1 {
			break
		}
		if k == v.pointCount()-1 {
			continue // the last point follows from the others
		}
		own := Squeeze(Slice(vectors, AxisRange(), AxisElem(k)), 1)
		for range 2 { // twice, for the sake of rounding
			for _, e := range axes {
				own = Sub(own, Mul(e, ReduceAndKeep(Mul(e, own), ReduceSum, 1)))
			}
		}
		length := Sqrt(ReduceSum(Square(own), 1))
		share := Div(length, Max(size, tiny))
		if clear == nil {
			clear = share
		} else {
			clear = Min(clear, share)
		}
		axes = append(axes, Div(own, ExpandAxes(Max(length, tiny), 1)))
	}
	return axes, clear
}

// lastAxis is the axis, [batch, n], that makes a rotation of n − 1 others: its entries are the
// cofactors of the last row of a matrix with the others as rows. like is [batch].
func lastAxis(axes []*Node, like *Node, n int) *Node {
	if n == 1 {
		return ExpandAxes(OnesLike(like), 1)
	}
	rows := make([][]*Node, len(axes))
	for i, e := range axes {
		for j := range n {
			rows[i] = append(rows[i], Slice(e, AxisRange(), AxisRange(j, j+1)))
		}
	}
	rows = append(rows, rows[0]) // the row that the minors leave out
	entries := make([]*Node, n)
	for j := range n {
		entries[j] = nodes.Determinant(nodes.Minor(rows, n-1, j))
		if (n-1+j)%2 == 1 {
			entries[j] = Neg(entries[j])
		}
	}
	return Concatenate(entries, 1)
}

// withTranslation is [m t; 0 1] of m [batch, n, n] and t [batch, n].
func withTranslation(m, t *Node) *Node {
	batch, n := t.Shape().Dim(0), t.Shape().Dim(1)
	upper := Concatenate([]*Node{m, ExpandAxes(t, 2)}, 2)
	last := make([]float64, n+1)
	last[n] = 1
	return Concatenate([]*Node{upper, BroadcastToDims(nodes.Constant(t, last, 1, 1, n+1), batch, 1, n+1)}, 1)
}

// PoseAlgebra is the rotation about the centre of the plane.
func (m Image) PoseAlgebra() lie.Algebra {
	turn := []float64{0, -1, 1, 0}
	if m.affine {
		turn = []float64{0, -1, 0, 1, 0, 0}
	}
	h := m.Generator(turn)
	if m.affine {
		return lie.SpanAffine("so(2)", h)
	}
	return lie.Span("so(2)", h)
}

// Pose finds the angle of the axis along which an image is longest, by the second moments of its
// intensity above the surroundings within a disc about the centre, ∫I·(x + iy)², and the direction along
// it by third moments, ∫I·r²(x + iy). Channels add up. An image is unclear if it is round, or alike at both
// ends of its axis: the angle is then little more than chance, by a half turn in the second case.
func (m Image) Pose(x *Node) (g, inverse, clear *Node, whole bool) {
	samples := m.lattice.View(ConvertDType(x, dtypes.Float64))
	mass := Sub(samples, m.lattice.Surrounding(samples, m.lattice.BorderWeights()))
	flat := m.overChannels(mass, 1, 3) // [batch, pixels]
	moment := func(of func(x, y float64) float64) *Node {
		weights := m.lattice.Disc()
		for i := range weights {
			weights[i] *= of(m.grid.x[i], m.grid.y[i])
		}
		return Einsum("bp,p->b", flat, nodes.Constant(flat, weights, len(weights)))
	}
	re, im := moment(func(x, y float64) float64 { return x*x - y*y }), moment(func(x, y float64) float64 { return 2 * x * y })
	px, py := moment(func(x, y float64) float64 { return x * (x*x + y*y) }), moment(func(x, y float64) float64 { return y * (x*x + y*y) })
	cos, sin := halfAngle(re, im)
	along := Add(Mul(px, cos), Mul(py, sin))
	turned := Where(LessThan(along, ZerosLike(along)), Neg(OnesLike(along)), OnesLike(along))
	cos, sin = Mul(cos, turned), Mul(sin, turned)

	size := func(power float64) *Node { // ∫|I|·r^power
		weights := m.lattice.Disc()
		for i := range weights {
			weights[i] *= math.Pow(math.Hypot(m.grid.x[i], m.grid.y[i]), power)
		}
		sum := Einsum("bp,p->b", Abs(flat), nodes.Constant(flat, weights, len(weights)))
		return Max(sum, Scalar(sum.Graph(), sum.DType(), 1e-300))
	}
	clear = Min(Div(Sqrt(Add(Square(re), Square(im))), size(2)), Div(Abs(along), size(3)))
	n := 2
	entries := []*Node{cos, Neg(sin), sin, cos}
	if m.affine {
		n = 3
		zero, one := ZerosLike(cos), OnesLike(cos)
		entries = []*Node{cos, Neg(sin), zero, sin, cos, zero, zero, zero, one}
	}
	g = Reshape(Stack(entries, 1), -1, n, n)
	return g, TransposeAllAxes(g, 0, 2, 1), clear, true
}

// halfAngle returns the cosine and sine of half the angle of re + i·im, up to a half turn; of 0 for 0.
func halfAngle(re, im *Node) (cos, sin *Node) {
	length := Sqrt(Add(Square(re), Square(im)))
	none := Equal(length, ZerosLike(length))
	length = Where(none, OnesLike(length), length)
	c, s := Where(none, OnesLike(re), Div(re, length)), Div(im, length)
	right := GreaterOrEqual(c, ZerosLike(c)) // the larger of both is far from 0
	larger := Sqrt(DivScalar(OnePlus(Abs(c)), 2))
	smaller := Div(s, MulScalar(larger, 2))
	return Where(right, larger, smaller), Where(right, smaller, larger)
}
