package action

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	. "github.com/gomlx/gomlx/core/graph"
	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/action/internal/lattice"
	"github.com/liegg/lab/liegg/internal/nodes"
	"github.com/liegg/lab/liegg/lie"
)

// Raster moves data that are sampled on a regular grid (signals on a line,
// images, volumes) by maps of the space of the grid. An input has the shape
// [size…, channels], or [size…] with one channel, or is the same flattened;
// with a Layout channels may also lie first. All channels move in the same
// way.
//
// A point p has one coordinate for each axis of the grid, the last axis
// first, as in dataset.Plane: t for a signal [length]; x to the right and y
// down for an image [height, width]; x, y, z for a volume [depth, height,
// width]. Coordinates are measured from the true centre in units of half the
// largest side. Inputs move as (g·I)(p) = I(g⁻¹p), so the velocity is
// −∇I(p)·v(p). On D axes the field v of a generator H is
//
//	D×D:          v(p) = H·p
//	(D+1)×(D+1):  v(p) = u − p·w  with (u, w) = H·(p, 1), u ∈ R^D
//
// which is A·p + b for affine H = [A b; 0 0], and the projective action
// otherwise. Derivatives are central differences, of sixth order if
// the action was given a layout; velocities fade out over
// the outer two samples of every axis, see Framed.
//
// Values have actions of their own, which Together combines with these.
type Raster struct {
	lattice lattice.Lattice
	algebra lie.Algebra
}

// NewRaster returns the action of an algebra on inputs with the given
// channels and sizes: NewRaster(lie.Affine(2), 3, 28, 28) on [28, 28, 3]. On
// D axes the algebra must have D×D or (D+1)×(D+1) matrices. NewRaster panics
// otherwise, and if channels or the algebra's dimension are below 1 or a size
// is below 3.
func NewRaster(algebra lie.Algebra, channels int, sizes ...int) Raster {
	if channels < 1 {
		panic(fmt.Sprintf("action: NewRaster: channels must be at least 1, got %d", channels))
	}
	r := newRaster("NewRaster", algebra, []Layout{ChannelsLast(channels)}, sizes...)
	r.lattice.Fine = false
	return r
}

func newRaster(name string, algebra lie.Algebra, layout []Layout, sizes ...int) Raster {
	d := len(sizes)
	if d == 0 || slices.Min(sizes) < 3 {
		panic(fmt.Sprintf("action: %s: sizes must be at least 3, got %v", name, sizes))
	}
	if n := algebra.Size(); n != d && n != d+1 || algebra.Dim() == 0 {
		panic(fmt.Sprintf("action: %s: on %d axes the algebra must hold %d×%d or %d×%d matrices, got %v", name, d, d, d, d+1, d+1, algebra))
	}
	return Raster{onGrid(name, slices.Clone(sizes), layout), algebra}
}

// ImageProjective is the action of sl(3) on images [height, width], or with
// channels as the layout says: all maps of the plane that map lines to lines,
// K = 8. Generators are 3×3 matrices of trace 0, with coefficients over
// lie.SL(3).
func ImageProjective(height, width int, layout ...Layout) Raster {
	return newRaster("ImageProjective", lie.SL(3), layout, height, width)
}

// VolumeLinear is the action of gl(3) on volumes [depth, height, width] about
// their centre, K = 9. A volume with channels takes a layout.
//
// An image with channels is no volume, because a volume's action would move
// colours into each other: give ImageLinear its layout instead. Check refuses
// inputs with fewer than 5 samples along an axis, such as [3, 32, 32]; whether
// the 16 of [16, 32, 32] are slices or channels only you can tell.
func VolumeLinear(depth, height, width int, layout ...Layout) Raster {
	return newRaster("VolumeLinear", lie.GL(3), layout, depth, height, width)
}

// VolumeAffine is VolumeLinear with translations, K = 12. Coefficients are
// over lie.Affine(3).
func VolumeAffine(depth, height, width int, layout ...Layout) Raster {
	return newRaster("VolumeAffine", lie.Affine(3), layout, depth, height, width)
}

// SignalAffine is the action of dilations about the middle and of time shifts
// on signals [length], or with channels as the layout says, K = 2: t ↦ a·t + b
// has the generator [a b; 0 0].
func SignalAffine(length int, layout ...Layout) Raster {
	return newRaster("SignalAffine", lie.Affine(1), layout, length)
}

// Signal is SignalAffine with the amplitude as well, s ↦ (1+t)·s, K = 3.
func Signal(length int) Blocks { return Together(SignalAffine(length), Linear(1, length)) }

// Framed returns the action with another frame, as Framed of Image does.
func (r Raster) Framed(frame Frame) Raster {
	r.lattice = framed(r.lattice, frame)
	return r
}

// WithBackground returns the action with known values around the inputs, one
// for each channel, as WithBackground of Image does.
func (r Raster) WithBackground(values ...float64) Raster {
	r.lattice = withBackground(r.lattice, values)
	return r
}

// Dim returns the dimension of the algebra.
func (r Raster) Dim() int { return r.algebra.Dim() }

// Generator returns the generator of the algebra.
func (r Raster) Generator(h []float64) *mat.Dense { return r.algebra.Generator(h) }

// Homogeneous reports whether the algebra is homogeneous.
func (r Raster) Homogeneous() bool { return r.algebra.Homogeneous() }

// Unit returns the number of samples in a unit of the coordinates.
func (r Raster) Unit() float64 { return float64(slices.Max(r.lattice.Sizes)) / 2 }

// Check returns an error unless inputs have the shape of the grid. It refuses
// volumes that are too thin to move.
func (r Raster) Check(input []int) error {
	if !r.layout().fits(r.lattice.Sizes, input) {
		advice := fmt.Sprintf("give the action the sizes and the layout of your inputs, or reshape them to [batch, %s]", commas(r.layout().shape(r.lattice.Sizes)))
		if l, ok := layoutIn(r.lattice.Sizes, input); ok {
			advice = fmt.Sprintf("if they have %v, give the action %s", l, l.call())
		}
		return fmt.Errorf("action: inputs of shape %v are not samples of %v with %v: %s", input, r.lattice.Sizes, r.layout(), advice)
	}
	return r.checkVolume(input)
}

// thinnest is the number of samples from which on velocities are whole
// somewhere along an axis.
const thinnest = 5

// checkVolume refuses volumes along an axis of which velocities are faded
// everywhere. Most are images with channels.
func (r Raster) checkVolume(input []int) error {
	if len(r.lattice.Sizes) != 3 || r.lattice.Continues() {
		return nil
	}
	for axis, size := range r.lattice.Sizes {
		if size >= thinnest {
			continue
		}
		text := fmt.Sprintf("action: inputs of shape %v cannot be moved as a volume of sizes %v, because velocities fade out over the outer two samples of each axis, and an axis of %d has no others", input, r.lattice.Sizes, size)
		if axis == 1 || r.lattice.Channels > 1 {
			return errors.New(text)
		}
		l, plane := ChannelsFirst(size), r.lattice.Sizes[1:]
		if axis == 2 {
			l, plane = ChannelsLast(size), r.lattice.Sizes[:2]
		}
		return fmt.Errorf("%s: if they are images with %v, use action.ImageAffine(%d, %d, %s)", text, l, plane[0], plane[1], l.call())
	}
	return nil
}

// coordinates returns the coordinates of all points, [D][points].
func (r Raster) coordinates() [][]float64 {
	d := len(r.lattice.Sizes)
	p := make([][]float64, d)
	for i := range p {
		p[i] = make([]float64, r.lattice.Points())
	}
	for place := range r.lattice.Points() {
		for axis, index := range r.lattice.Indices(place) {
			middle := float64(r.lattice.Sizes[axis]-1) / 2
			p[d-1-axis][place] = (float64(index) - middle) / r.Unit()
		}
	}
	return p
}

// fields returns the fields v of the basis at all points, as [K, D, points].
func (r Raster) fields(like *Node) *Node {
	p, d := r.coordinates(), len(r.lattice.Sizes)
	var values []float64
	for _, h := range r.algebra.Basis() {
		for i := range d {
			for place := range r.lattice.Points() {
				values = append(values, r.velocity(h, p, i, place))
			}
		}
	}
	return nodes.Constant(like, values, r.Dim(), d, r.lattice.Points())
}

// velocity returns v_i of a generator at a point.
func (r Raster) velocity(h *mat.Dense, p [][]float64, i, place int) float64 {
	d := len(p)
	row := func(i int) float64 {
		sum := 0.0
		for j := range d {
			sum += h.At(i, j) * p[j][place]
		}
		if r.algebra.Size() > d {
			sum += h.At(i, d)
		}
		return sum
	}
	if r.algebra.Size() == d {
		return row(i)
	}
	return row(i) - p[i][place]*row(d)
}

// Tangents returns the velocities −∇I·v_k, [batch, K, input…].
func (r Raster) Tangents(x *Node) *Node {
	velocities := Einsum("bicpd,kip->bkcpd", r.slopes(x), r.fields(x))
	return Reshape(velocities, append([]int{x.Shape().Dim(0), r.Dim()}, x.Shape().Dimensions[1:]...)...)
}

// Contract returns −Σ_p g(p) ∇I(p)·v_k(p) as [batch, K], summed over channels.
func (r Raster) Contract(x, g *Node) *Node {
	return Einsum("bip,kip->bk", Einsum("bicpd,bcpd->bip", r.slopes(x), r.lattice.View(g)), r.fields(x))
}

// slopes returns −∂_i I per unit, tapered if inputs end at their frame, as
// views [batch, D, …].
func (r Raster) slopes(x *Node) *Node {
	d := len(r.lattice.Sizes)
	slopes := make([]*Node, d)
	for i := range d {
		slopes[i] = r.lattice.Derivative(x, d-1-i, false)
	}
	return Mul(Stack(slopes, 1), nodes.Constant(x, r.weights(), 1, 1, 1, r.lattice.Points(), 1))
}

// weights are −1 per unit inside, and fade out towards the border of every
// axis at which inputs end.
func (r Raster) weights() []float64 {
	weights := make([]float64, r.lattice.Points())
	for place := range weights {
		weights[place] = -r.Unit()
		if r.lattice.Continues() {
			continue
		}
		for axis, index := range r.lattice.Indices(place) {
			weights[place] *= fade(index, r.lattice.Sizes[axis])
		}
	}
	return weights
}

// String returns, for example, "gl(2) ⋉ R² on samples of 28×28 points with 3
// channels last, K = 6".
func (r Raster) String() string {
	var sizes []string
	for _, size := range r.lattice.Sizes {
		sizes = append(sizes, fmt.Sprint(size))
	}
	return fmt.Sprintf("%s on samples of %s points with %v, K = %d%s", r.algebra.Name(), strings.Join(sizes, "×"), r.layout(), r.Dim(), around(r.lattice))
}
