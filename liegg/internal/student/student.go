// Package student gives intervals for the means of few values, such as one for each seed.
package student

import (
	"math"

	"gonum.org/v1/gonum/stat"
	"gonum.org/v1/gonum/stat/distuv"
)

// Interval returns the mean of v with its 95 % interval by Student's t. The interval is infinite for
// one value; all three are NaN if there is no value, or one that is not finite.
func Interval(v []float64) (mean, lower, upper float64) {
	mean = stat.Mean(v, nil)
	if math.IsNaN(mean - mean) {
		return math.NaN(), math.NaN(), math.NaN()
	}
	n := float64(len(v))
	if n < 2 {
		return mean, math.Inf(-1), math.Inf(1)
	}
	half := distuv.StudentsT{Sigma: 1, Nu: n - 1}.Quantile(.975) * stat.StdDev(v, nil) / math.Sqrt(n)
	return mean, mean - half, mean + half
}
