package plotting

import (
	"fmt"
	"math"

	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"

	"github.com/liegg/lab/plotting/internal/look"
	"github.com/liegg/lab/plotting/internal/numbers"
)

// An Estimate is a value together with its interval.
type Estimate struct {
	Value float64

	// Lower and Upper are the ends of the interval. The value may lie outside
	// if interval and value come from different samples. Both zero, or both
	// NaN, mean that there is no interval.
	Lower, Upper float64

	// Trivial marks values that are reported but not counted, such as a
	// generator that moves only what the network ignores. They are drawn
	// hollow.
	Trivial bool
}

// Estimates combines values with the ends of their intervals. It panics unless the
// three have the same length.
func Estimates(values, lower, upper []float64) []Estimate {
	if len(lower) != len(values) || len(upper) != len(values) {
		panic(fmt.Sprintf("plotting: Estimates: %d values with %d lower and %d upper ends", len(values), len(lower), len(upper)))
	}
	estimates := make([]Estimate, len(values))
	for i, v := range values {
		estimates[i] = Estimate{Value: v, Lower: lower[i], Upper: upper[i]}
	}
	return estimates
}

// interval returns the ends. ok is false if they cannot be drawn.
func (e Estimate) interval() (lower, upper float64, ok bool) {
	ok = numbers.Finite(e.Lower) && numbers.Finite(e.Upper) && e.Lower <= e.Upper
	return e.Lower, e.Upper, ok && !e.bare()
}

// bare reports whether there is no interval.
func (e Estimate) bare() bool {
	return e.Lower == 0 && e.Upper == 0 || math.IsNaN(e.Lower) && math.IsNaN(e.Upper)
}

// errorBars returns the intervals in axis positions, and the number of those
// that cannot be drawn. The bars start at their lower ends, because a value
// may lie outside its interval.
func (a *spectrumAxis) errorBars(values []Estimate) (bars *plotter.YErrorBars, bad int) {
	bars = &plotter.YErrorBars{LineStyle: look.Rule(look.Ink), CapWidth: vg.Points(5)}
	bars.Width = vg.Points(1)
	for i, e := range values {
		lower, upper, ok := e.interval()
		if !ok {
			if !e.bare() {
				bad++
			}
			continue
		}
		low, high := a.end(lower), a.end(upper)
		bars.XYs = append(bars.XYs, plotter.XY{X: float64(i + 1), Y: low})
		bars.YErrors = append(bars.YErrors, struct{ Low, High float64 }{High: high - low})
	}
	return bars, bad
}

// end returns the axis position of an interval's end. Ends below all decades
// of the axis, negative ones too, go to the row of zeros.
func (a *spectrumAxis) end(v float64) float64 { return a.place(math.Max(0, v)) }
