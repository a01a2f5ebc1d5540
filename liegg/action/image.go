package action

import (
	"fmt"
	"math"
	"slices"

	"github.com/gomlx/compute/dtypes"
	. "github.com/gomlx/gomlx/core/graph"
	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/dataset"
)

// Image moves images by maps of the plane. An input is a grey image of shape
// [height, width], or the same flattened, [height·width].
//
// The plane is dataset.Plane: x to the right and y down from the true centre,
// in units of half the larger side, so that linear and translational parts
// have similar size. An image moves as (g·I)(p) = I(g⁻¹p); the velocity of a
// generator [A | b] is therefore −∇I(p)·(A·p + b).
//
// The linear action has K = 4, with the rows of A as coefficients. The affine
// action has K = 6, the rows of [A | b], and 3×3 generators [A b; 0 0].
type Image struct {
	height, width int
	affine        bool
	grid          grid
}

// grid says how an Image differentiates and where its pixels are.
type grid struct {
	// forward selects forward differences instead of central ones.
	forward bool
	// x, y, taper are the coordinates and the weight of each pixel, row by
	// row.
	x, y, taper []float64
	// unit is the number of pixels in a unit of x and y, which converts
	// derivatives per pixel to derivatives per unit.
	unit float64
}

// ImageLinear is the action of gl(2) on images: rotations, scalings, and
// shears about the centre. Derivatives are central differences, and
// velocities fade out over the outer two pixels of the border, where an image
// has no central difference. It panics unless height and width are at least
// 3.
func ImageLinear(height, width int) Image {
	return Image{height, width, false, centralGrid(height, width)}
}

// ImageAffine is ImageLinear with translations: gl(2) ⋉ R².
func ImageAffine(height, width int) Image {
	return Image{height, width, true, centralGrid(height, width)}
}

// ImageAuthors is the action in the authors' code, for reproduction: forward
// differences on the (height−1)×(width−1) grid of the upper left pixels, and
// coordinates index/(size/2) − 1, whose origin is half a pixel off the
// centre. On an exactly invariant function this costs about 14°; use
// ImageLinear for anything else. As in their code, derivatives are per pixel
// and not per unit. It panics unless height and width are at least 3.
func ImageAuthors(height, width int) Image {
	return Image{height, width, false, authorsGrid(height, width)}
}

func centralGrid(height, width int) grid {
	checkSize(height, width)
	plane := dataset.Plane{Height: height, Width: width}
	return newGrid(height, width, plane.Unit(), func(row, column int) (x, y, taper float64) {
		x, y = plane.Point(float64(row), float64(column))
		return x, y, fade(row, height) * fade(column, width)
	})
}

func authorsGrid(height, width int) grid {
	checkSize(height, width)
	g := newGrid(height, width, 1, func(row, column int) (x, y, taper float64) {
		if row < height-1 && column < width-1 {
			taper = 1
		}
		return float64(column)/(float64(width)/2) - 1, float64(row)/(float64(height)/2) - 1, taper
	})
	g.forward = true
	return g
}

// derivative returns the derivative of [batch, height, width] along an axis,
// per pixel, in the same shape.
func (g grid) derivative(image *Node, axis int) *Node {
	if g.forward {
		return Sub(shifted(image, axis, 1), image)
	}
	return centralDifference(image, axis)
}

func checkSize(height, width int) {
	if height < 3 || width < 3 {
		panic(fmt.Sprintf("action: height and width of an image must be at least 3, got %d×%d", height, width))
	}
}

func newGrid(height, width int, unit float64, at func(row, column int) (x, y, taper float64)) grid {
	g := grid{unit: unit}
	for row := range height {
		for column := range width {
			x, y, taper := at(row, column)
			g.x, g.y, g.taper = append(g.x, x), append(g.y, y), append(g.taper, taper)
		}
	}
	return g
}

// fade is 0 on the border, ½ one pixel inside it and 1 from there on.
func fade(index, size int) float64 {
	fromBorder := min(index, size-1-index)
	if fromBorder >= 2 {
		return 1
	}
	s := math.Sin(math.Pi / 4 * float64(fromBorder))
	return s * s
}

// centralDifference returns (I(p+1) − I(p−1))/2 along the axis.
func centralDifference(image *Node, axis int) *Node {
	return MulScalar(Sub(shifted(image, axis, 1), shifted(image, axis, -1)), 0.5)
}

// shifted returns image(index+by) along the axis, by = ±1. Beyond the border
// the border's value is repeated.
func shifted(image *Node, axis, by int) *Node {
	size := image.Shape().Dim(axis)
	ranges := func(from, to int) *Node {
		r := slices.Repeat([]SliceAxisSpec{AxisRange()}, image.Rank())
		r[axis] = AxisRange(from, to)
		return Slice(image, r...)
	}
	if by > 0 {
		return Concatenate([]*Node{ranges(1, size), ranges(size-1, size)}, axis)
	}
	return Concatenate([]*Node{ranges(0, 1), ranges(0, size-1)}, axis)
}

// columns returns the width of a row of [A | b], or of A.
func (m Image) columns() int {
	if m.affine {
		return 3
	}
	return 2
}

// Dim returns 4, or 6 for the affine action.
func (m Image) Dim() int { return 2 * m.columns() }

// Homogeneous reports whether generators are [A b; 0 0]; see
// liegg.Homogeneous.
func (m Image) Homogeneous() bool { return m.affine }

// Generator returns the 2×2 matrix A, or the 3×3 matrix [A b; 0 0].
func (m Image) Generator(h []float64) *mat.Dense { return matrixOf(h, 2, m.affine) }

// InPixels returns an affine generator [A b; 0 0] with b in pixels instead of
// units, so that it moves points measured in pixels from the centre. Linear
// generators are unchanged.
func (m Image) InPixels(h *mat.Dense) *mat.Dense {
	p := mat.DenseCopyOf(h)
	if m.affine {
		for i := range 2 {
			p.Set(i, 2, m.grid.unit*h.At(i, 2))
		}
	}
	return p
}

// Check returns an error unless inputs are height×width numbers, one channel.
func (m Image) Check(input []int) error {
	fits := len(input) == 1 && input[0] == m.height*m.width ||
		len(input) == 2 && input[0] == m.height && input[1] == m.width ||
		len(input) == 3 && sizeOf(input) == m.height*m.width
	if fits {
		return nil
	}
	return fmt.Errorf("action: inputs of shape %v are not grey images of %d×%d pixels: give the action the size of your images, and reshape them to [batch, height, width]",
		input, m.height, m.width)
}

// Tangents returns the velocities −∂_a I·(x, y, 1)_b, [batch, K, input…].
func (m Image) Tangents(x *Node) *Node {
	batch := x.Shape().Dim(0)
	slope := Reshape(m.slopes(x), batch, 2, 1, m.height*m.width)
	position := Reshape(m.positions(x), 1, 1, m.columns(), m.height*m.width)
	return Reshape(Mul(slope, position), append([]int{batch, m.Dim()}, x.Shape().Dimensions[1:]...)...)
}

// Contract returns −Σ_p g(p) ∂_a I(p) (x, y, 1)_b as [batch, K].
func (m Image) Contract(x, g *Node) *Node {
	batch, pixels := x.Shape().Dim(0), m.height*m.width
	weighted := Mul(m.slopes(x), Reshape(g, batch, 1, pixels))
	return Reshape(Einsum("bap,cp->bac", weighted, m.positions(x)), batch, m.Dim())
}

// Metric returns Σᵢ wᵢ TᵢᵀTᵢ as [K, K]. Since (x, y, 1) is the same for all
// images, their slopes are summed first, pixel by pixel, in the type of x.
func (m Image) Metric(x, w *Node) *Node {
	root := Reshape(ConvertDType(Sqrt(w), x.DType()), w.Shape().Dim(0), 1, 1)
	slopes := Mul(m.slopes(x), root)
	axis := func(a int) *Node { return Slice(slopes, AxisRange(), AxisElem(a)) }
	both := func(a, b int) *Node { return ReduceSum(Mul(axis(a), axis(b)), 0) } // [1, pixels]
	sums := Stack([]*Node{both(0, 0), both(0, 1), both(0, 1), both(1, 1)}, 0)
	sums = Reshape(ConvertDType(sums, dtypes.Float64), 2, 2, -1)
	p := m.positions(sums)
	pairs := Einsum("adp,bep->abde", sums, Mul(ExpandAxes(p, 1), ExpandAxes(p, 0)))
	return Reshape(pairs, m.Dim(), m.Dim())
}

// slopes returns −∂_x I and −∂_y I per unit of the plane, tapered, as [batch,
// 2, pixels].
func (m Image) slopes(x *Node) *Node {
	batch, pixels := x.Shape().Dim(0), m.height*m.width
	image := Reshape(x, batch, m.height, m.width)
	both := Stack([]*Node{Reshape(m.grid.derivative(image, 2), batch, pixels), Reshape(m.grid.derivative(image, 1), batch, pixels)}, 1)
	weight := make([]float64, pixels)
	for i, taper := range m.grid.taper {
		weight[i] = -taper * m.grid.unit
	}
	return Mul(both, constant(x, weight, 1, 1, pixels))
}

// positions returns the rows x, y and, for the affine action, 1, of all
// pixels, as [columns, pixels].
func (m Image) positions(like *Node) *Node {
	pixels := m.height * m.width
	rows := append(append([]float64{}, m.grid.x...), m.grid.y...)
	if m.affine {
		for range pixels {
			rows = append(rows, 1)
		}
	}
	return constant(like, rows, m.columns(), pixels)
}
