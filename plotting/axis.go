package plotting

import (
	"math"

	"gonum.org/v1/plot"
)

// linearScale is plot.LinearScale for numbers of all magnitudes: the length of an
// axis may overflow.
type linearScale struct{}

// Normalize implements plot.Normalizer.
func (linearScale) Normalize(low, high, x float64) float64 {
	if math.IsInf(high-low, 0) {
		low, high, x = low/4, high/4, x/4
	}
	return (x - low) / (high - low)
}

// An axis shorter than that, absolute or relative to its numbers, is widened.
const (
	shortestAxis = 1e-300
	finestAxis   = 1e-13
)

// drawable returns the axis as it is drawn: with ends that are finite, in order, and
// so far apart that numbers between them differ.
func drawable(a plot.Axis) plot.Axis {
	a.Min, a.Max = finiteOr0(a.Min), finiteOr0(a.Max)
	if a.Min > a.Max {
		a.Min, a.Max = a.Max, a.Min
	}
	if _, log := a.Scale.(logScale); log {
		a.Min, a.Max = positive(a.Min), positive(a.Max)
	}
	if largest := max(-a.Min, a.Max); !(a.Max-a.Min >= max(shortestAxis, finestAxis*largest)) {
		middle := a.Min/2 + a.Max/2
		a.Min, a.Max = around(middle)
	}
	return a
}

// widened returns the ends of an axis with room below and above, in parts of its
// length, as far as there are numbers.
func widened(low, high, below, above float64) (float64, float64) {
	return max(-math.MaxFloat64, low-(high*below-low*below)), min(math.MaxFloat64, high+(high*above-low*above))
}

func finiteOr0(v float64) float64 {
	if finite(v) {
		return v
	}
	return 0
}

// around returns the ends of an axis for a single number: half of it to either
// side, 1 of zero.
func around(v float64) (low, high float64) {
	room := max(math.Abs(v)/2, shortestAxis)
	if v == 0 {
		room = 1
	}
	return max(-math.MaxFloat64, v-room), min(math.MaxFloat64, v+room)
}
