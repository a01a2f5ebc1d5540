package participation

import (
	"math"
	"slices"
)

// Typical is a mean that few numbers cannot rule: the mean M of the positive and finite
// numbers, of which none counts for more than κM, κ = BoundedBy,
//
//	M = mean(min(x, κM)).
//
// The right side is concave in M and begins with the slope κ, so there is one such M. It
// is the mean if no number exceeds κ times that, and else all that fewer than one in κ
// numbers can do, however large, is to stand for κM each. With every number cut to κM, n of
// them have a participation ratio of n/κ or more. Typical is 0 if there are no numbers.
func Typical(numbers []float64) float64 {
	var xs, sums []float64
	for _, x := range numbers {
		if x > 0 && !math.IsInf(x, 1) {
			xs = append(xs, x)
		}
	}
	slices.Sort(xs)
	sum := 0.
	for _, x := range xs {
		sum += x
		sums = append(sums, sum)
	}
	n := len(xs)
	for kept := n; kept > 0; kept-- {
		share := float64(n) - BoundedBy*float64(n-kept)
		if share <= 0 {
			break
		}
		if m := sums[kept-1] / share; xs[kept-1] <= BoundedBy*m && (kept == n || BoundedBy*m <= xs[kept]) {
			return m
		}
	}
	if n == 0 {
		return 0
	}
	return xs[n/2]
}

// BoundedMean returns the mean of numbers of which none counts for more than BoundedBy typical ones.
func BoundedMean(numbers []float64) float64 {
	most, sum := BoundedBy*Typical(numbers), 0.
	for _, x := range numbers {
		sum += min(x, most)
	}
	return sum / float64(max(1, len(numbers)))
}
