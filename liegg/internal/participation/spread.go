package participation

import (
	"math"
	"slices"
)

// MedianAndSpread returns the median of at least one value, and the standard deviation of a normal
// distribution with the same quartiles. If these coincide, as for an output that is zero at most
// samples, the spread is the median distance of the values from the median, of those that differ
// from it. It is 0 if none does.
func MedianAndSpread(values []float64) (median, spread float64) {
	const normal = 1.349
	v := slices.Sorted(slices.Values(values))
	n := len(v)
	median = v[n/2]
	if spread = (v[3*n/4] - v[n/4]) / normal; spread > 0 {
		return median, spread
	}
	var off []float64
	for _, x := range v {
		if x != median {
			off = append(off, math.Abs(x-median))
		}
	}
	if len(off) == 0 {
		return median, 0
	}
	slices.Sort(off)
	return median, off[len(off)/2]
}
