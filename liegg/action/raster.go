package action

import (
	"fmt"
	"slices"

	. "github.com/gomlx/gomlx/core/graph"
	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/lie"
)

// Raster moves data that are sampled on a regular grid (signals on a line,
// images, volumes) by maps of the space of the grid. An input has the shape
// [size…, channels], or [size…] with one channel, or is the same flattened.
// All channels move in the same way.
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
// otherwise. Derivatives are central differences; velocities fade out over
// the outer two samples of every axis.
//
// Values have actions of their own, which Together combines with these.
type Raster struct {
	sizes    []int
	channels int
	algebra  lie.Algebra
}

// NewRaster returns the action of an algebra on inputs with the given
// channels and sizes: NewRaster(lie.Affine(2), 3, 28, 28) on [28, 28, 3]. On
// D axes the algebra must have D×D or (D+1)×(D+1) matrices. NewRaster panics
// otherwise, and if channels or the algebra's dimension are below 1 or a size
// is below 3.
func NewRaster(algebra lie.Algebra, channels int, sizes ...int) Raster {
	d := len(sizes)
	if d == 0 || slices.Min(sizes) < 3 || channels < 1 {
		panic(fmt.Sprintf("action: NewRaster: channels must be at least 1 and sizes at least 3, got %d channels of sizes %v", channels, sizes))
	}
	if n := algebra.Size(); n != d && n != d+1 || algebra.Dim() == 0 {
		panic(fmt.Sprintf("action: NewRaster: on %d axes the algebra must hold %d×%d or %d×%d matrices, got %v", d, d, d, d+1, d+1, algebra))
	}
	return Raster{slices.Clone(sizes), channels, algebra}
}

// ImageProjective is the action of sl(3) on grey images [height, width]: all
// maps of the plane that map lines to lines, K = 8. Generators are 3×3
// matrices of trace 0, with coefficients over lie.SL(3).
func ImageProjective(height, width int) Raster { return NewRaster(lie.SL(3), 1, height, width) }

// VolumeLinear is the action of gl(3) on volumes [depth, height, width] about their
// centre, K = 9.
func VolumeLinear(depth, height, width int) Raster {
	return NewRaster(lie.GL(3), 1, depth, height, width)
}

// VolumeAffine is VolumeLinear with translations, K = 12. Coefficients are
// over lie.Affine(3).
func VolumeAffine(depth, height, width int) Raster {
	return NewRaster(lie.Affine(3), 1, depth, height, width)
}

// SignalAffine is the action of dilations about the middle and of time shifts
// on signals [length], K = 2: t ↦ a·t + b has the generator [a b; 0 0].
func SignalAffine(length int) Raster { return NewRaster(lie.Affine(1), 1, length) }

// Signal is SignalAffine with the amplitude as well, s ↦ (1+t)·s, K = 3.
func Signal(length int) Blocks { return Together(SignalAffine(length), Linear(1, length)) }

// Dim returns the dimension of the algebra.
func (r Raster) Dim() int { return r.algebra.Dim() }

// Generator returns the generator of the algebra.
func (r Raster) Generator(h []float64) *mat.Dense { return r.algebra.Generator(h) }

// Homogeneous reports whether the algebra is homogeneous.
func (r Raster) Homogeneous() bool { return r.algebra.Homogeneous() }

// Unit returns the number of samples in a unit of the coordinates.
func (r Raster) Unit() float64 { return float64(slices.Max(r.sizes)) / 2 }

// Check returns an error unless inputs have the shape of the grid.
func (r Raster) Check(input []int) error {
	whole := append(slices.Clone(r.sizes), r.channels)
	fits := slices.Equal(input, whole) || r.channels == 1 && slices.Equal(input, r.sizes) ||
		len(input) == 1 && input[0] == sizeOf(whole)
	if fits {
		return nil
	}
	return fmt.Errorf("action: inputs of shape %v are not samples of %v with %d channels: give the action the sizes of your inputs, and put channels last, [batch, %v]",
		input, r.sizes, r.channels, whole)
}

// points returns the number of points of the grid.
func (r Raster) points() int { return sizeOf(r.sizes) }

// coordinates returns the coordinates of all points, [D][points].
func (r Raster) coordinates() [][]float64 {
	d := len(r.sizes)
	p := make([][]float64, d)
	for i := range p {
		p[i] = make([]float64, r.points())
	}
	for place := range r.points() {
		rest := place
		for axis := d - 1; axis >= 0; axis-- {
			middle := float64(r.sizes[axis]-1) / 2
			p[d-1-axis][place] = (float64(rest%r.sizes[axis]) - middle) / r.Unit()
			rest /= r.sizes[axis]
		}
	}
	return p
}

// fields returns the fields v of the basis at all points, as [K, D, points].
func (r Raster) fields(like *Node) *Node {
	p, d := r.coordinates(), len(r.sizes)
	var values []float64
	for _, h := range r.algebra.Basis() {
		for i := range d {
			for place := range r.points() {
				values = append(values, r.velocity(h, p, i, place))
			}
		}
	}
	return constant(like, values, r.Dim(), d, r.points())
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
	velocities := Einsum("bipc,kip->bkpc", r.slopes(x), r.fields(x))
	return Reshape(velocities, append([]int{x.Shape().Dim(0), r.Dim()}, x.Shape().Dimensions[1:]...)...)
}

// Contract returns −Σ_p g(p) ∇I(p)·v_k(p) as [batch, K].
func (r Raster) Contract(x, g *Node) *Node {
	gradients := Reshape(g, x.Shape().Dim(0), r.points(), r.channels)
	return Einsum("bip,kip->bk", Einsum("bipc,bpc->bip", r.slopes(x), gradients), r.fields(x))
}

// slopes returns −∂_i I per unit, tapered, as [batch, D, points, channels].
func (r Raster) slopes(x *Node) *Node {
	batch, d := x.Shape().Dim(0), len(r.sizes)
	samples := Reshape(x, append(append([]int{batch}, r.sizes...), r.channels)...)
	slopes := make([]*Node, d)
	for i := range d {
		slopes[i] = Reshape(centralDifference(samples, d-i), batch, 1, r.points(), r.channels)
	}
	return Mul(Concatenate(slopes, 1), constant(x, r.weights(), 1, 1, r.points(), 1))
}

// weights are −1 per unit inside, and fade out towards the border of every
// axis.
func (r Raster) weights() []float64 {
	weights := make([]float64, r.points())
	for place := range weights {
		weights[place] = -r.Unit()
		rest := place
		for axis := len(r.sizes) - 1; axis >= 0; axis-- {
			weights[place] *= fade(rest%r.sizes[axis], r.sizes[axis])
			rest /= r.sizes[axis]
		}
	}
	return weights
}
