package scatter

import (
	"math"

	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/internal/linalg"
)

// Moment returns the second moment M of points, one per row, and its inverse: about their mean if
// centred, and about 0 otherwise. Directions that the points do not have are given the mean size of
// the others. ok is false if there are no points, or if M is 0 or leaves the range of float64.
// Without centred, Moment divides the points by their scale.
func Moment(points *mat.Dense, centred bool) (m, inverse *mat.SymDense, ok bool) {
	if points.IsEmpty() {
		return nil, nil, false
	}
	if centred {
		points = deviations(points)
	}
	rows, n := points.Dims()
	scale := make([]float64, n)
	for j := range n {
		scale[j] = mat.Norm(points.ColView(j), 2) / math.Sqrt(float64(rows))
		if !(scale[j] < math.Inf(1)) {
			return nil, nil, false
		}
	}
	mean := geometricMean(scale)
	if mean == 0 {
		return nil, nil, false
	}
	for j, s := range scale {
		if s == 0 {
			scale[j] = mean
		}
		column := points.RawMatrix().Data[j:]
		for i := range rows {
			column[i*n] /= scale[j]
		}
	}
	return scaledInverse(points, scale)
}

// deviations returns points minus their mean, times the root of their
// influence.
func deviations(points *mat.Dense) *mat.Dense {
	points, weights := influence(points)
	rows, n := points.Dims()
	d := mat.NewDense(rows, n, nil)
	column := make([]float64, rows)
	for j := range n {
		mean, _ := location(mat.Col(column, j, points), weights)
		to := d.RawMatrix().Data[j:]
		for i, x := range column {
			to[i*n] = x - mean
		}
	}
	return weightedRows(d, weights)
}

// flatShare is the share of the largest second moment below which a direction
// counts as absent from the data: an amplitude of 1e-5, as in liegg, which asks the
// same of the data.
const flatShare = 1e-10

// scaledInverse takes the moment of points whose coordinates have unit size,
// and restores their scales.
func scaledInverse(points *mat.Dense, scale []float64) (m, inverse *mat.SymDense, ok bool) {
	rows, n := points.Dims()
	var correlation mat.SymDense
	correlation.SymOuterK(1/float64(rows), points.T())
	axes, ok := linalg.AxesOf(&correlation, -1)
	if !ok {
		return nil, nil, false
	}
	for i, λ := range axes.Values {
		if λ <= flatShare*axes.Values[n-1] {
			axes.Values[i] = 1
		}
	}
	var moment, inner mat.Dense
	unwhiten, whiten := axes.Unwhiten(), axes.Whiten()
	moment.Mul(unwhiten.T(), unwhiten)
	moment.Apply(func(i, j int, v float64) float64 { return v * scale[i] * scale[j] }, &moment)
	inner.Mul(whiten, whiten.T())
	inner.Apply(func(i, j int, v float64) float64 { return v / scale[i] / scale[j] }, &inner)
	return linalg.SymmetricPart(&moment), linalg.SymmetricPart(&inner), true
}

// geometricMean returns the geometric mean of the non-zero numbers, or 0 if
// there are none.
func geometricMean(xs []float64) float64 {
	sum, count := 0., 0.
	for _, x := range xs {
		if x > 0 {
			sum += math.Log(x)
			count++
		}
	}
	if count == 0 {
		return 0
	}
	return math.Exp(sum / count)
}

// Spread returns the root mean square deviation of the numbers from … to−1 of
// inputs, each from its own mean; if they do not vary, their root mean square.
func Spread(values []float64, from, to, size int) float64 {
	deviations, squares := 0.0, 0.0
	samples := float64(len(values) / size)
	for k := from; k < to; k++ {
		mean := 0.0
		for i := k; i < len(values); i += size {
			mean += values[i] / samples
		}
		for i := k; i < len(values); i += size {
			deviations += (values[i] - mean) * (values[i] - mean)
			squares += values[i] * values[i]
		}
	}
	count := samples * float64(to-from)
	if deviations > flatShare*squares {
		return math.Sqrt(deviations / count)
	}
	return math.Sqrt(squares / count)
}
