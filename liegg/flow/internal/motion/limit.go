package motion

import (
	"math"

	"gonum.org/v1/gonum/mat"
)

// outsideBothWays returns the share of the data that exp(tH) or exp(−tH) carries out of their
// range, the larger of the two.
func (m *Mover) outsideBothWays(h *mat.Dense, t float64) float64 {
	return max(m.Outside(m.Exp(h, t).In), m.Outside(m.Exp(h, -t).In))
}

// looks is the number of points up to the reach at which limit checks the range.
const looks = 64

// Limit returns the first t up to reach at which the flow leaves the range of the data, or
// +Inf if it does not.
func (m *Mover) Limit(h *mat.Dense, reach float64) float64 {
	if m.Field != nil {
		return m.limitOfOrbits(h, reach)
	}
	step := reach / looks
	for i := range looks {
		if high := step * float64(i+1); m.outsideBothWays(h, high) > m.most {
			return m.bisect(h, step*float64(i), high)
		}
	}
	return math.Inf(1)
}

// bisect narrows down where the flow leaves, between low and high. A fast flow leaves long
// before the first point.
func (m *Mover) bisect(h *mat.Dense, low, high float64) float64 {
	for low == 0 && high/2 > 0 && m.outsideBothWays(h, high/2) > m.most {
		high /= 2
	}
	for range 20 {
		if middle := (low + high) / 2; m.outsideBothWays(h, middle) > m.most {
			high = middle
		} else {
			low = middle
		}
	}
	return high
}
