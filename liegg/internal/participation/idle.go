package participation

import (
	"slices"

	"gonum.org/v1/gonum/stat"
)

// IdleBelow is the square of a gradient, in units of the mean square, up to which a sample is idle.
const IdleBelow = 1e-12

// Dominated reports whether a few of n samples dominate a mean, given the participation ratio.
func Dominated(ratio float64, n int) bool { return !(ratio >= .05*float64(n)) }

// Idle counts the samples whose gradient, given the squares of gradients, is below 1e-6 of
// their root mean square: saturated ones, which look symmetric under everything. If a few
// samples dominate that mean, as near a singularity, the others are not flat, and the median
// takes its place.
func Idle(energy []float64) int {
	size, count := stat.Mean(energy, nil), 0
	if Dominated(Ratio(energy), len(energy)) {
		size = medianOfPositive(energy)
	}
	for _, e := range energy {
		if e <= IdleBelow*size {
			count++
		}
	}
	return count
}

// medianOfPositive returns the median of the positive numbers, 0 if there are none.
func medianOfPositive(xs []float64) float64 {
	positive := slices.DeleteFunc(slices.Clone(xs), func(x float64) bool { return !(x > 0) })
	if len(positive) == 0 {
		return 0
	}
	slices.Sort(positive)
	return positive[len(positive)/2]
}
