package action

import (
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/action/internal/scatter"
)

// Range determines the range of the data from the Mahalanobis radii of each
// of the c vectors, r² = (x_v − μ_v)ᵀΣ_v⁻¹(x_v − μ_v), each relative to its
// own 99 % quantile. A sample is outside if its largest relative radius
// exceeds that of 99 % of the data. At g = 1 one sample in a hundred is
// outside.
func (v Vectors) Range(values []float64) func(g mat.Matrix) float64 {
	points := v.points(values)
	shapes, edge := scatter.Ellipsoids(points, v.c, v.n)
	centred := make([]float64, 0, len(values))
	for k, x := range points {
		centred = append(centred, floats.SubTo(make([]float64, v.n), x, shapes[k%v.c].Mean)...)
	}
	return func(g mat.Matrix) float64 {
		moved := make([]scatter.Ellipsoid, v.c)
		for i, shape := range shapes {
			moved[i] = shape.MovedBy(g, v.affine && i < v.pointCount())
		}
		inputs, out := slices.Chunk(centred, v.n*v.c), 0
		for input := range inputs {
			if !(scatter.LargestOfCentred(moved, input) <= edge) { // true also after overflow
				out++
			}
		}
		return float64(out*v.n*v.c) / float64(len(centred))
	}
}

// radius returns how far out an input lies, 1 at the edge of the range of the
// data.
func (v Vectors) radius(data []float64) func(input []float64) float64 {
	shapes, edge := scatter.Ellipsoids(v.points(data), v.c, v.n)
	if edge == 0 { // all data are equal
		edge = 1
	}
	vectors := make([][]float64, v.c)
	return func(input []float64) float64 {
		for i := range vectors {
			vectors[i] = input[i*v.n : (i+1)*v.n]
		}
		return scatter.LargestRadius(shapes, vectors) / edge
	}
}

// points views values as vectors.
func (v Vectors) points(values []float64) [][]float64 {
	if size := v.n * v.c; len(values) == 0 || len(values)%size != 0 {
		panic(fmt.Sprintf("action: values must hold whole inputs of %d numbers, got %d", size, len(values)))
	}
	return slices.Collect(slices.Chunk(values, v.n))
}

// Range measures how much of an image's mass |I(p) − border|, summed over
// channels, leaves the frame, on average over the images. An image that
// shrinks within its frame stays in range. With a frame other than Background
// images have no end, and nothing leaves.
func (m Image) Range(values []float64) func(g mat.Matrix) float64 {
	mass := m.lattice.MeanMass(values)
	if m.lattice.Continues() {
		return func(mat.Matrix) float64 { return 0 }
	}
	return func(g mat.Matrix) float64 {
		out := 0.0
		for i, w := range mass {
			x, y := g.At(0, 0)*m.grid.x[i]+g.At(0, 1)*m.grid.y[i], g.At(1, 0)*m.grid.x[i]+g.At(1, 1)*m.grid.y[i]
			if m.affine {
				x, y = x+g.At(0, 2), y+g.At(1, 2)
			}
			if !m.lattice.InFrame(m.indexOf(x, y)) {
				out += w
			}
		}
		return out
	}
}

// indexOf returns the fractional row and column of a point.
func (m Image) indexOf(x, y float64) (row, column float64) {
	row = (y - m.grid.y[0]) / (m.grid.y[m.lattice.Sizes[1]] - m.grid.y[0])
	column = (x - m.grid.x[0]) / (m.grid.x[1] - m.grid.x[0])
	return row, column
}

// Range measures how much of an input's mass leaves the grid, as Range of
// Image does.
func (r Raster) Range(values []float64) func(g mat.Matrix) float64 {
	mass := r.lattice.MeanMass(values)
	if r.lattice.Continues() {
		return func(mat.Matrix) float64 { return 0 }
	}
	p := r.coordinates()
	return func(g mat.Matrix) float64 {
		out := 0.0
		for place, w := range mass {
			if !r.lattice.InFrame(r.indexOf(g, p, place)...) {
				out += w
			}
		}
		return out
	}
}

// indexOf returns the fractional indices of where g moves a point; NaN if it
// moves the point beyond infinity.
func (r Raster) indexOf(g mat.Matrix, p [][]float64, place int) []float64 {
	d := len(p)
	size, _ := g.Dims()
	row := func(i int) float64 {
		sum := 0.0
		for j := range d {
			sum += g.At(i, j) * p[j][place]
		}
		if size > d {
			sum += g.At(i, d)
		}
		return sum
	}
	scale := 1.0
	if size > d {
		scale = row(d)
	}
	index := make([]float64, d)
	for axis := range index {
		index[axis] = row(d-1-axis)/scale*r.Unit() + float64(r.lattice.Sizes[axis]-1)/2
		if scale <= 0 {
			index[axis] = math.NaN()
		}
	}
	return index
}
