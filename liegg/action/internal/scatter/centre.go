package scatter

import (
	"math"

	"github.com/gomlx/compute/dtypes"
	"gonum.org/v1/gonum/mat"
)

// Centre returns the mean of consecutive points of Rⁿ, rounded to the first digit of their standard
// deviation as a number of the type. It returns nil if the origin lies within a standard deviation
// of the mean in every coordinate, and if the mean is not finite.
func Centre(values []float64, n int, dtype dtypes.DType) []float64 {
	if len(values) < n {
		return nil
	}
	points, weights := influence(mat.NewDense(len(values)/n, n, values))
	mean, spread := make([]float64, n), make([]float64, n)
	for i := range mean {
		mean[i], spread[i] = location(mat.Col(nil, i, points), weights)
	}
	far := false
	for i, m := range mean {
		if math.IsNaN(m) || math.IsInf(m, 0) {
			return nil
		}
		far = far || m*m > spread[i]
		mean[i] = roundedTo(m, math.Sqrt(spread[i]), dtype)
	}
	if !far {
		return nil
	}
	return mean
}

// roundedTo rounds m to the first digit of the spread, as a number of the
// type.
func roundedTo(m, spread float64, dtype dtypes.DType) float64 {
	if unit := math.Pow(10, math.Floor(math.Log10(spread))); unit > 0 && !math.IsInf(unit, 0) {
		if r := unit * math.Round(m/unit); !math.IsNaN(r) && !math.IsInf(r, 0) {
			m = r
		}
	}
	if dtype == dtypes.Float32 {
		return float64(float32(m))
	}
	return m
}
