package action

import (
	"fmt"
	"math"
	"slices"

	"github.com/gomlx/compute/dtypes"
	. "github.com/gomlx/gomlx/core/graph"
	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/action/internal/lattice"
	"github.com/liegg/lab/liegg/dataset"
	"github.com/liegg/lab/liegg/internal/nodes"
)

// Image moves images by maps of the plane. An input is a grey image of shape
// [height, width], or has several channels, first or last, which all move
// together: ImageAffine(32, 32, ChannelsFirst(3)) takes colour images
// [3, 32, 32]. The same may be flattened.
//
// The plane is dataset.Plane: x to the right and y down from the true centre,
// in units of half the larger side, so that linear and translational parts
// have similar size. An image moves as (g·I)(p) = I(g⁻¹p); the velocity of a
// generator [A | b] is therefore −∇I(p)·(A·p + b).
//
// The linear action has K = 4, with the rows of A as coefficients. The affine
// action has K = 6, the rows of [A | b], and 3×3 generators [A b; 0 0].
//
// Framed says what a moved image shows where it comes from outside the frame.
type Image struct {
	lattice lattice.Lattice
	affine  bool
	grid    grid
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
// has no central difference; see Framed. Without a layout images are grey.
//
// With a layout, also of a single channel, derivatives are sixth-order
// differences, and moved images are interpolated by the cubic polynomials
// that fit them, in place of bilinearly: on an exactly invariant function
// second-order differences cost some .03°, sixth-order ones .0004°. It panics
// unless height and width are at least 3 and layout is at most one.
func ImageLinear(height, width int, layout ...Layout) Image {
	return newImage("ImageLinear", false, centralGrid(height, width), height, width, layout)
}

// ImageAffine is ImageLinear with translations: gl(2) ⋉ R².
func ImageAffine(height, width int, layout ...Layout) Image {
	return newImage("ImageAffine", true, centralGrid(height, width), height, width, layout)
}

// ImageAuthors is the action in the authors' code, for reproduction: forward
// differences on the (height−1)×(width−1) grid of the upper left pixels, and
// coordinates index/(size/2) − 1, whose origin is half a pixel off the
// centre. On an exactly invariant function this costs about 14°; use
// ImageLinear for anything else. As in their code, derivatives are per pixel
// and not per unit. It panics unless height and width are at least 3.
func ImageAuthors(height, width int) Image {
	return newImage("ImageAuthors", false, authorsGrid(height, width), height, width, nil)
}

func newImage(name string, affine bool, g grid, height, width int, layout []Layout) Image {
	return Image{onGrid(name, []int{height, width}, layout), affine, g}
}

// Framed returns the action with another frame: what a moved image shows
// where it comes from outside. The default is Background. With any other
// frame, images have derivatives up to their border, and velocities do not
// fade out. Framed panics if frame is unknown, or the action ImageAuthors'.
func (m Image) Framed(frame Frame) Image {
	if m.grid.forward {
		panic("action: Framed: ImageAuthors reproduces the authors' code, which has no frames: use ImageLinear")
	}
	m.lattice = framed(m.lattice, frame)
	return m
}

// WithBackground returns the action with known values around the images, one
// for each channel, in the units of the inputs: of black paper around images
// that were normalised by mean and std, −mean/std. Without it they are the
// mean of each image's border, channel by channel, and Disc takes the mean
// within the disc. It panics unless there are as many values as channels, all
// finite.
func (m Image) WithBackground(values ...float64) Image {
	m.lattice = withBackground(m.lattice, values)
	return m
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

// Features returns the action on feature maps of the given shape (without the batch axis), such
// as [14, 14, 16], that a network computes from inputs of the action. All channels move
// together, by the same maps of the plane, and channels lie where the inputs have theirs: last if
// the inputs have no axis for them. ok is false if the shape does not fit maps of at least 3×3
// pixels.
func (m Image) Features(input, shape []int) (features Image, ok bool) {
	layout, sizes, ok := m.layout().like(input, m.lattice.Sizes, shape)
	if !ok || min(sizes[0], sizes[1]) < 3 || m.grid.forward {
		return Image{}, false
	}
	features = newImage("Features", m.affine, centralGrid(sizes[0], sizes[1]), sizes[0], sizes[1], []Layout{layout})
	features.lattice.Fine, features.lattice.Frame = m.lattice.Fine, m.lattice.Frame
	return features, true
}

// Check returns an error unless inputs are images of this size and layout.
func (m Image) Check(input []int) error {
	if m.layout().fits(m.lattice.Sizes, input) {
		return nil
	}
	what := "grey images"
	if m.lattice.Channels > 1 {
		what = "images with " + m.layout().String()
	}
	advice := fmt.Sprintf("give the action the size and the layout of your images, as in action.ImageAffine(32, 32, action.ChannelsFirst(3)), and reshape them to [batch, %s]", commas(m.layout().imageShape(m.lattice.Sizes)))
	if l, ok := layoutIn(m.lattice.Sizes, input); ok {
		advice = fmt.Sprintf("if they have %v, give the action %s after the size", l, l.call())
	}
	return fmt.Errorf("action: inputs of shape %v are not %s of %d×%d pixels: %s", input, what, m.lattice.Sizes[0], m.lattice.Sizes[1], advice)
}

// Tangents returns the velocities −∂_a I·(x, y, 1)_b, [batch, K, input…].
func (m Image) Tangents(x *Node) *Node {
	slopes := ExpandAxes(m.slopes(x), 2)
	position := Reshape(m.positions(x), 1, 1, m.columns(), 1, m.lattice.Points(), 1)
	return Reshape(Mul(slopes, position), append([]int{x.Shape().Dim(0), m.Dim()}, x.Shape().Dimensions[1:]...)...)
}

// Contract returns −Σ_p g(p) ∂_a I(p) (x, y, 1)_b as [batch, K], summed over
// channels.
func (m Image) Contract(x, g *Node) *Node {
	batch := x.Shape().Dim(0)
	weighted := Mul(m.slopes(x), ExpandAxes(m.lattice.View(g), 1))
	return Reshape(Einsum("bap,cp->bac", m.overChannels(weighted, 2, 4), m.positions(x)), batch, m.Dim())
}

// overChannels sums over the axes of channels of a view.
func (m Image) overChannels(view *Node, before, after int) *Node {
	if m.lattice.Channels > 1 {
		return ReduceSum(view, before, after)
	}
	return Squeeze(view, before, after)
}

// Metric returns Σᵢ wᵢ TᵢᵀTᵢ as [K, K].
func (m Image) Metric(x, w *Node) *Node { return Reshape(m.metrics(x, w, 1), m.Dim(), m.Dim()) }

// metrics returns Metric for each of several blocks, [blocks, K, K]. Since (x, y, 1) is the same for
// all images, their slopes are summed first, pixel by pixel, in the type of x.
func (m Image) metrics(x, w *Node, blocks int) *Node {
	root := Reshape(ConvertDType(Sqrt(w), x.DType()), w.Shape().Dim(0), 1, 1, 1, 1)
	slopes := Mul(m.slopes(x), root)
	axis := func(a int) *Node {
		one := Squeeze(Slice(slopes, AxisRange(), AxisElem(a)), 1)
		return Reshape(one, append([]int{blocks, -1}, one.Shape().Dimensions[1:]...)...)
	}
	both := func(a, b int) *Node { return ReduceSum(Mul(axis(a), axis(b)), 1, 2, 4) } // [blocks, pixels]
	sums := Stack([]*Node{both(0, 0), both(0, 1), both(0, 1), both(1, 1)}, 1)
	sums = Reshape(ConvertDType(sums, dtypes.Float64), blocks, 2, 2, -1)
	p := m.positions(sums)
	pairs := Einsum("nadp,bep->nabde", sums, Mul(ExpandAxes(p, 1), ExpandAxes(p, 0)))
	return Reshape(pairs, blocks, m.Dim(), m.Dim())
}

// slopes returns −∂_x I and −∂_y I per unit of the plane, tapered if images
// end at their frame, as views [batch, 2, …].
func (m Image) slopes(x *Node) *Node {
	both := Stack([]*Node{m.lattice.Derivative(x, 1, m.grid.forward), m.lattice.Derivative(x, 0, m.grid.forward)}, 1)
	weight := make([]float64, m.lattice.Points())
	for i, taper := range m.grid.taper {
		if m.lattice.Continues() {
			taper = 1
		}
		weight[i] = -taper * m.grid.unit
	}
	return Mul(both, nodes.Constant(x, weight, 1, 1, 1, m.lattice.Points(), 1))
}

// positions returns the rows x, y and, for the affine action, 1, of all
// pixels, as [columns, pixels].
func (m Image) positions(like *Node) *Node {
	rows := append(append([]float64{}, m.grid.x...), m.grid.y...)
	if m.affine {
		rows = append(rows, slices.Repeat([]float64{1}, m.lattice.Points())...)
	}
	return nodes.Constant(like, rows, m.columns(), m.lattice.Points())
}

// String returns, for example, "linear maps of the plane on images of 28×28
// pixels, K = 4".
func (m Image) String() string {
	kind := "linear"
	if m.affine {
		kind = "affine"
	}
	channels := ""
	if m.lattice.Channels > 1 {
		channels = fmt.Sprintf(" with %v", m.layout())
	}
	text := fmt.Sprintf("%s maps of the plane on images of %d×%d pixels%s, K = %d", kind, m.lattice.Sizes[0], m.lattice.Sizes[1], channels, m.Dim())
	if m.grid.forward {
		text += ", as in the authors' code"
	}
	return text + around(m.lattice)
}
