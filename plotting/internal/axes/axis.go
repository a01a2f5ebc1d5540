// Package axes holds scales of axes, places and labels of their ticks, and ends that can be drawn.
package axes

import (
	"math"

	"gonum.org/v1/plot"

	"github.com/liegg/lab/plotting/internal/numbers"
)

// LinearScale is plot.LinearScale for numbers of any magnitude. The length of
// an axis may overflow.
type LinearScale struct{}

// Normalize implements plot.Normalizer.
func (LinearScale) Normalize(low, high, x float64) float64 {
	if math.IsInf(high-low, 0) {
		low, high, x = low/4, high/4, x/4
	}
	return (x - low) / (high - low)
}

// Axes shorter than this, in absolute terms or relative to their numbers, are
// widened.
const (
	shortestAxis = 1e-300
	finestAxis   = 1e-13
)

// Drawable returns an axis that can be drawn: its ends are finite, in order,
// and far enough apart for the numbers between them to differ.
func Drawable(a plot.Axis) plot.Axis {
	a.Min, a.Max = numbers.FiniteOr0(a.Min), numbers.FiniteOr0(a.Max)
	if a.Min > a.Max {
		a.Min, a.Max = a.Max, a.Min
	}
	if _, log := a.Scale.(LogScale); log {
		a.Min, a.Max = numbers.Positive(a.Min), numbers.Positive(a.Max)
	}
	if largest := max(-a.Min, a.Max); !(a.Max-a.Min >= max(shortestAxis, finestAxis*largest)) {
		middle := a.Min/2 + a.Max/2
		a.Min, a.Max = Around(middle)
	}
	return a
}

// Widened returns the ends of an axis with margins below and above, as
// fractions of its length, limited to finite numbers.
func Widened(low, high, below, above float64) (float64, float64) {
	return max(-math.MaxFloat64, low-(high*below-low*below)), min(math.MaxFloat64, high+(high*above-low*above))
}

// Around returns the ends of an axis for a single number: half of it on
// either side, or 1 if it is zero.
func Around(v float64) (low, high float64) {
	room := max(math.Abs(v)/2, shortestAxis)
	if v == 0 {
		room = 1
	}
	return max(-math.MaxFloat64, v-room), min(math.MaxFloat64, v+room)
}
