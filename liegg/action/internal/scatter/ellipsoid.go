package scatter

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat"

	"github.com/liegg/lab/liegg/internal/linalg"
	"github.com/liegg/lab/liegg/internal/quantile"
)

// within99 is the share of the samples within the range of the data. The edge
// of the range is the Mahalanobis radius that 99 % of the samples do not
// exceed.
const within99 = .99

// Ellipsoid is the shape of the data in one of the vectors: its mean, what takes deviations from the
// mean to a sphere, and the unit of radii.
type Ellipsoid struct {
	Mean, offset []float64 // offset is added on the sphere; nil for 0
	whiten       *mat.Dense
	unit         float64
}

// Ellipsoids returns the shapes of points in each of the c vectors of Rⁿ of an input, and the largest
// radius of an input that 99 % of them do not exceed. Points are the vectors of all inputs, one after
// the other.
func Ellipsoids(points [][]float64, c, n int) (shapes []Ellipsoid, edge float64) {
	shapes = make([]Ellipsoid, c)
	for i := range shapes {
		shapes[i] = ellipsoidOf(points, i, c, n)
	}
	var all []float64
	for input := range slices.Chunk(points, c) {
		all = append(all, LargestRadius(shapes, input))
	}
	return shapes, quantile.Empirical(within99, all)
}

// ellipsoidOf returns the shape of every c-th of the points, from the given one on. The unit is the 99 %
// quantile of their Mahalanobis radii. Directions in which they do not vary count as a thousandth of
// the widest, with every coordinate in units of its own spread.
func ellipsoidOf(points [][]float64, first, c, n int) Ellipsoid {
	var own []float64
	for i := first; i < len(points); i += c {
		own = append(own, points[i]...)
	}
	e := Ellipsoid{unit: 1}
	e.Mean, e.whiten = whitening(mat.NewDense(len(own)/n, n, own))
	all, centred := make([]float64, len(own)/n), make([]float64, n)
	for i := range all {
		all[i] = e.radius(floats.SubTo(centred, own[i*n:(i+1)*n], e.Mean))
	}
	if unit := quantile.Empirical(within99, all); unit > 0 { // else all points are equal
		e.unit = unit
	}
	return e
}

// radius returns the radius of a deviation from the mean.
func (e Ellipsoid) radius(deviation []float64) float64 {
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

// MovedBy returns the shape whose radius for x − mean is the radius of g·x. If points is true, g is a
// homogeneous matrix and also shifts.
func (e Ellipsoid) MovedBy(g mat.Matrix, points bool) Ellipsoid {
	n := len(e.Mean)
	dense, moved := mat.DenseCopyOf(g), Ellipsoid{Mean: e.Mean, whiten: new(mat.Dense), unit: e.unit}
	linear, mean := dense.Slice(0, n, 0, n), mat.NewVecDense(n, e.Mean)
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

// LargestRadius returns the largest radius of an input's vectors.
func LargestRadius(shapes []Ellipsoid, vectors [][]float64) (most float64) {
	for i, x := range vectors {
		deviation := floats.SubTo(make([]float64, len(x)), x, shapes[i].Mean)
		most = max(most, shapes[i].radius(deviation))
	}
	return most
}

// LargestOfCentred is LargestRadius for deviations from the means, one after the other.
func LargestOfCentred(shapes []Ellipsoid, deviations []float64) (most float64) {
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
