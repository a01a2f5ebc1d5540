package participation

import (
	"slices"

	"gonum.org/v1/gonum/stat"
)

// Idle counts the samples whose gradient, given the squares of gradients, is below 1e-6 of
// their root mean square: saturated ones, which look symmetric under everything. If a few
// samples dominate that mean, as near a singularity, the others are not flat, and the median
// takes its place.
func Idle(energy []float64) int {
	const few = .05
	size, count := stat.Mean(energy, nil), 0
	if Ratio(energy) < few*float64(len(energy)) {
		size = medianOfPositive(energy)
	}
	for _, e := range energy {
		if e <= 1e-12*size {
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
