package flow

import (
	"math"

	"gonum.org/v1/gonum/mat"
)

// outsideBothWays returns the share of the data that exp(tH) or exp(−tH) carries out of their
// range, the larger of the two.
func (e *experiment) outsideBothWays(h *mat.Dense, t float64) float64 {
	return max(e.outside(e.exp(h, t).g), e.outside(e.exp(h, -t).g))
}

// looks is the number of points up to the reach at which limit checks the range.
const looks = 64

// limit returns the first t up to reach at which the flow leaves the range of the data, or
// +Inf if it does not.
func (e *experiment) limit(h *mat.Dense, reach float64) float64 {
	if e.field != nil {
		return e.limitOfOrbits(h, reach)
	}
	step := reach / looks
	for i := range looks {
		if high := step * float64(i+1); e.outsideBothWays(h, high) > e.s.Outside {
			return e.bisect(h, step*float64(i), high)
		}
	}
	return math.Inf(1)
}

// bisect narrows down where the flow leaves, between low and high. A fast flow leaves long
// before the first point.
func (e *experiment) bisect(h *mat.Dense, low, high float64) float64 {
	for low == 0 && high/2 > 0 && e.outsideBothWays(h, high/2) > e.s.Outside {
		high /= 2
	}
	for range 20 {
		if middle := (low + high) / 2; e.outsideBothWays(h, middle) > e.s.Outside {
			high = middle
		} else {
			low = middle
		}
	}
	return high
}
