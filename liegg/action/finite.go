package action

import (
	"github.com/gomlx/compute/dtypes"
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
		moved = Add(moved, constant(x, v.centre, 1, 1, v.n))
	}
	return Reshape(moved, x.Shape().Dimensions...)
}

// Moved returns the images I(g⁻¹p), interpolated bilinearly. An image is
// surrounded by the mean of its border pixels, so the result equals
// dataset.Warp's if that is the background.
func (m Image) Moved(x, g *Node) *Node {
	batch, pixels := x.Shape().Dim(0), m.height*m.width
	images := Reshape(x, batch, pixels)
	around := m.border(images)
	// A row holds one pixel of all images, so that a gather copies whole
	// rows.
	original := Transpose(Sub(images, around), 0, 1)
	row, column := m.source(g)
	var moved *Node
	for _, r := range neighbours(row) {
		for _, c := range neighbours(column) {
			moved = plus(moved, m.corner(original, row, column, r, c))
		}
	}
	return Reshape(Add(Transpose(moved, 0, 1), around), x.Shape().Dimensions...)
}

// border returns the mean of each image's border pixels, [batch, 1].
func (m Image) border(images *Node) *Node {
	weights := m.borderWeights()
	return MatMul(images, constant(images, weights, len(weights), 1))
}

// borderWeights returns weights for the mean over the border pixels.
func (m Image) borderWeights() []float64 {
	weights := make([]float64, m.height*m.width)
	count := float64(2*(m.height+m.width) - 4)
	for i := range weights {
		row, column := i/m.width, i%m.width
		if row == 0 || row == m.height-1 || column == 0 || column == m.width-1 {
			weights[i] = 1 / count
		}
	}
	return weights
}

// source returns g⁻¹p, the position among the original's pixels from which
// each pixel of the moved image comes: fractional rows and columns, float64
// [pixels].
func (m Image) source(g *Node) (row, column *Node) {
	pixels := m.height * m.width
	at := func(i, j int) *Node { return Reshape(Slice(g, AxisElem(i), AxisElem(j))) }
	x, y := constant(g, m.grid.x, pixels), constant(g, m.grid.y, pixels)
	if m.affine {
		x, y = Sub(x, at(0, 2)), Sub(y, at(1, 2))
	}
	a, b, c, d := at(0, 0), at(0, 1), at(1, 0), at(1, 1)
	determinant := Sub(Mul(a, d), Mul(b, c))
	fromX := Div(Sub(Mul(d, x), Mul(b, y)), determinant)
	fromY := Div(Sub(Mul(a, y), Mul(c, x)), determinant)
	return m.pixel(fromY, m.grid.y[0], m.grid.y[m.width]), m.pixel(fromX, m.grid.x[0], m.grid.x[1])
}

// pixel returns the fractional index of a coordinate, given the coordinates
// of indices 0 and 1.
func (m Image) pixel(coordinate *Node, zero, one float64) *Node {
	return DivScalar(AddScalar(coordinate, -zero), one-zero)
}

// neighbours returns the integers below and above an index. They are step
// functions of g, without a derivative.
func neighbours(index *Node) []*Node {
	below := StopGradient(Floor(StopGradient(index)))
	return []*Node{below, AddScalar(below, 1)}
}

// corner returns the contribution of the pixels (r, c) to the interpolation
// at (row, column): (1 − |row − r|)(1 − |column − c|) of their value, nothing
// outside the image.
func (m Image) corner(original, row, column, r, c *Node) *Node {
	pixels := m.height * m.width
	weight := Mul(OneMinus(Abs(Sub(row, r))), OneMinus(Abs(Sub(column, c))))
	inside := LogicalAnd(within(r, m.height), within(c, m.width))
	weight = Where(inside, weight, ZerosLike(weight))
	index := Add(MulScalar(ClipScalar(r, 0, float64(m.height-1)), float64(m.width)), ClipScalar(c, 0, float64(m.width-1)))
	values := Gather(original, Reshape(ConvertDType(index, dtypes.Int32), pixels, 1))
	return Mul(values, Reshape(ConvertDType(weight, original.DType()), pixels, 1))
}

func within(index *Node, size int) *Node {
	return LogicalAnd(GreaterOrEqual(index, ScalarZero(index.Graph(), index.DType())),
		LessThan(index, Scalar(index.Graph(), index.DType(), float64(size))))
}

func plus(sum, term *Node) *Node {
	if sum == nil {
		return term
	}
	return Add(sum, term)
}
