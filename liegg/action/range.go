package action

import (
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat"

	"github.com/liegg/lab/liegg/internal/linalg"
)

// within99 is the share of the samples within the range of the data. The edge
// of the range is the Mahalanobis radius that 99 % of the samples do not
// exceed.
const within99 = .99

// Range determines the range of the data from the Mahalanobis radii of each
// of the c vectors, r² = (x_v − μ_v)ᵀΣ_v⁻¹(x_v − μ_v), each relative to its
// own 99 % quantile. A sample is outside if its largest relative radius
// exceeds that of 99 % of the data. At g = 1 one sample in a hundred is
// outside.
func (v Vectors) Range(values []float64) func(g mat.Matrix) float64 {
	points := v.points(values)
	shapes, edge := v.largest(points)
	centred := make([]float64, 0, len(values))
	for k, x := range points {
		centred = append(centred, floats.SubTo(make([]float64, v.n), x, shapes[k%v.c].mean)...)
	}
	return func(g mat.Matrix) float64 {
		moved := make([]ellipsoid, v.c)
		for i, shape := range shapes {
			moved[i] = shape.movedBy(g, v.affine && i < v.pointCount())
		}
		inputs, out := slices.Chunk(centred, v.n*v.c), 0
		for input := range inputs {
			if !(largestOf(moved, input) <= edge) { // true also after overflow
				out++
			}
		}
		return float64(out*v.n*v.c) / float64(len(centred))
	}
}

// largest returns the shapes of the data in an input's c vectors, and the largest radius of an input
// that 99 % of the data do not exceed.
func (v Vectors) largest(points [][]float64) (shapes []ellipsoid, edge float64) {
	shapes = make([]ellipsoid, v.c)
	for i := range shapes {
		shapes[i] = ellipsoidOf(points, i, v.c, v.n)
	}
	var all []float64
	for input := range slices.Chunk(points, v.c) {
		all = append(all, radiusOf(shapes, input))
	}
	return shapes, quantile(all, within99)
}

// radius returns how far out an input lies, 1 at the edge of the range of the
// data.
func (v Vectors) radius(data []float64) func(input []float64) float64 {
	shapes, edge := v.largest(v.points(data))
	if edge == 0 { // all data are equal
		edge = 1
	}
	vectors := make([][]float64, v.c)
	return func(input []float64) float64 {
		for i := range vectors {
			vectors[i] = input[i*v.n : (i+1)*v.n]
		}
		return radiusOf(shapes, vectors) / edge
	}
}

// points views values as vectors.
func (v Vectors) points(values []float64) [][]float64 {
	if size := v.n * v.c; len(values) == 0 || len(values)%size != 0 {
		panic(fmt.Sprintf("action: values must hold whole inputs of %d numbers, got %d", size, len(values)))
	}
	return slices.Collect(slices.Chunk(values, v.n))
}

// ellipsoid is the shape of the data in one of the vectors: its mean, what takes deviations from the
// mean to a sphere, and the unit of radii.
type ellipsoid struct {
	mean, offset []float64 // offset is added on the sphere; nil for 0
	whiten       *mat.Dense
	unit         float64
}

// ellipsoidOf returns the shape of every c-th of the points, from the given one on. The unit is the 99 %
// quantile of their Mahalanobis radii. Directions in which they do not vary count as a thousandth of
// the widest, with every coordinate in units of its own spread.
func ellipsoidOf(points [][]float64, first, c, n int) ellipsoid {
	var own []float64
	for i := first; i < len(points); i += c {
		own = append(own, points[i]...)
	}
	e := ellipsoid{unit: 1}
	e.mean, e.whiten = whitening(mat.NewDense(len(own)/n, n, own))
	all, centred := make([]float64, len(own)/n), make([]float64, n)
	for i := range all {
		all[i] = e.radius(floats.SubTo(centred, own[i*n:(i+1)*n], e.mean))
	}
	if unit := quantile(all, within99); unit > 0 { // else all points are equal
		e.unit = unit
	}
	return e
}

// radius returns the radius of a deviation from the mean.
func (e ellipsoid) radius(deviation []float64) float64 {
	sum := 0.
	for i := range deviation {
		z := floats.Dot(e.whiten.RawRowView(i), deviation)
		if e.offset != nil {
			z += e.offset[i]
		}
		sum += z * z
	}
	return math.Sqrt(sum) / e.unit
}

// movedBy returns the shape whose radius for x − mean is the radius of g·x. points are also shifted.
func (e ellipsoid) movedBy(g mat.Matrix, points bool) ellipsoid {
	n := len(e.mean)
	dense, moved := mat.DenseCopyOf(g), ellipsoid{mean: e.mean, whiten: new(mat.Dense), unit: e.unit}
	linear, mean := dense.Slice(0, n, 0, n), mat.NewVecDense(n, e.mean)
	moved.whiten.Mul(e.whiten, linear)
	var offset mat.VecDense // g·mean − mean
	offset.MulVec(linear, mean)
	if points {
		offset.AddVec(&offset, dense.Slice(0, n, n, n+1).(*mat.Dense).ColView(0))
	}
	offset.SubVec(&offset, mean)
	var white mat.VecDense
	white.MulVec(e.whiten, &offset)
	moved.offset = white.RawVector().Data
	return moved
}

// radiusOf returns the largest radius of an input's vectors.
func radiusOf(shapes []ellipsoid, vectors [][]float64) (most float64) {
	for i, x := range vectors {
		deviation := floats.SubTo(make([]float64, len(x)), x, shapes[i].mean)
		most = max(most, shapes[i].radius(deviation))
	}
	return most
}

// largestOf is radiusOf for deviations from the means, one after the other.
func largestOf(shapes []ellipsoid, deviations []float64) (most float64) {
	n := len(deviations) / len(shapes)
	for i, shape := range shapes {
		most = max(most, shape.radius(deviations[i*n:(i+1)*n]))
	}
	return most
}

// thin is the tolerance for directions in which points do not vary. It is as large as this
// because one that is left out would have no edge, and one of rounding alone would put all
// other points outside.
const thin = 1e-6

// whitening returns the mean of the rows and Λ^(−½)·Vᵀ·S⁻¹ of their covariance S·VΛVᵀ·S, S
// the spreads of the columns.
func whitening(rows *mat.Dense) (mean []float64, whiten *mat.Dense) {
	count, n := rows.Dims()
	mean, scale := make([]float64, n), make([]float64, n)
	for j := range mean {
		mean[j], scale[j] = stat.PopMeanStdDev(mat.Col(nil, j, rows), nil)
	}
	widest := slices.Max(scale)
	for j, s := range scale {
		if s <= 1e-12*math.Abs(mean[j]) { // it does not vary
			scale[j] = widest
		}
		scale[j] = max(scale[j], math.SmallestNonzeroFloat32)
	}
	scaled := mat.NewDense(count, n, nil)
	scaled.Apply(func(i, j int, _ float64) float64 { return (rows.At(i, j) - mean[j]) / scale[j] }, scaled)
	correlation := mat.NewSymDense(n, nil)
	correlation.SymOuterK(1/float64(count), scaled.T())
	axes, ok := linalg.AxesOf(correlation, -1)
	if !ok {
		panic("action: the values hold NaN or Inf")
	}
	for i, λ := range axes.Values {
		axes.Values[i] = max(λ, thin*axes.Values[n-1], math.SmallestNonzeroFloat32)
	}
	whiten = mat.DenseCopyOf(axes.Whiten().T())
	whiten.Apply(func(_, j int, v float64) float64 { return v / scale[j] }, whiten)
	return mean, whiten
}

func quantile(values []float64, p float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	return stat.Quantile(p, stat.Empirical, sorted, nil)
}

// Range measures how much of an image's mass |I(p) − border|, summed over
// channels, leaves the frame, on average over the images. An image that
// shrinks within its frame stays in range. With a frame other than Background
// images have no end, and nothing leaves.
func (m Image) Range(values []float64) func(g mat.Matrix) float64 {
	mass := m.meanMass(values)
	if m.continues() {
		return func(mat.Matrix) float64 { return 0 }
	}
	return func(g mat.Matrix) float64 {
		out := 0.0
		for i, w := range mass {
			x, y := g.At(0, 0)*m.grid.x[i]+g.At(0, 1)*m.grid.y[i], g.At(1, 0)*m.grid.x[i]+g.At(1, 1)*m.grid.y[i]
			if m.affine {
				x, y = x+g.At(0, 2), y+g.At(1, 2)
			}
			if !m.inFrame(m.indexOf(x, y)) {
				out += w
			}
		}
		return out
	}
}

// indexOf returns the fractional row and column of a point.
func (m Image) indexOf(x, y float64) (row, column float64) {
	row = (y - m.grid.y[0]) / (m.grid.y[m.sizes[1]] - m.grid.y[0])
	column = (x - m.grid.x[0]) / (m.grid.x[1] - m.grid.x[0])
	return row, column
}

// Range measures how much of an input's mass leaves the grid, as Range of
// Image does.
func (r Raster) Range(values []float64) func(g mat.Matrix) float64 {
	mass := r.meanMass(values)
	if r.continues() {
		return func(mat.Matrix) float64 { return 0 }
	}
	p := r.coordinates()
	return func(g mat.Matrix) float64 {
		out := 0.0
		for place, w := range mass {
			if !r.inFrame(r.indexOf(g, p, place)...) {
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
		index[axis] = row(d-1-axis)/scale*r.Unit() + float64(r.sizes[axis]-1)/2
		if scale <= 0 {
			index[axis] = math.NaN()
		}
	}
	return index
}
