package plotting

import (
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/plot/plotter"

	"github.com/liegg/lab/plotting/internal/dodge"
	"github.com/liegg/lab/plotting/internal/numbers"
)

// A Series is a named row of values.
type Series struct {
	// Name appears in the key beside the data. A chart of one nameless series
	// has no key.
	Name string

	// X holds the x coordinates of the values; nil means 1, 2, …, len(Y).
	X []float64

	// Y holds the values.
	Y []float64

	// Lower and Upper are the ends of the intervals of the values, NaN for a
	// value without one; nil draws none. Only Depth and Trend draw them.
	Lower, Upper []float64
}

// intervals returns the intervals that can be drawn on a logarithmic axis,
// from their lower ends upwards, and the number of those that cannot.
func (s Series) intervals() (bars *plotter.YErrorBars, bad int) {
	bars = &plotter.YErrorBars{}
	for i, low := range s.Lower {
		high := s.Upper[i]
		if math.IsNaN(low) && math.IsNaN(high) {
			continue
		}
		if x := s.x(i); !numbers.Finite(low) || !numbers.Finite(high) || low <= 0 || low > high || !numbers.Finite(x) {
			bad++
			continue
		}
		bars.XYs = append(bars.XYs, plotter.XY{X: s.x(i), Y: low})
		bars.YErrors = append(bars.YErrors, struct{ Low, High float64 }{High: high - low})
	}
	return bars, bad
}

// x returns the x coordinate of value i.
func (s Series) x(i int) float64 {
	if s.X == nil {
		return float64(i + 1)
	}
	return s.X[i]
}

// checkSeries panics if a series has x and y of unequal lengths.
func checkSeries(caller string, series []Series) {
	for i, s := range series {
		if s.X != nil && len(s.X) != len(s.Y) {
			panic(fmt.Sprintf("plotting: %s: series[%d] has %d values of X and %d of Y",
				caller, i, len(s.X), len(s.Y)))
		}
	}
}

// checkEnds panics if series i has interval ends for only some of its values.
func checkEnds(caller string, i int, s Series) {
	if len(s.Lower) != len(s.Upper) || s.Lower != nil && len(s.Lower) != len(s.Y) {
		panic(fmt.Sprintf("plotting: %s: series[%d] has %d values of Lower and %d of Upper for %d of Y",
			caller, i, len(s.Lower), len(s.Upper), len(s.Y)))
	}
}

// checkNoX panics if a series has X.
func checkNoX(caller string, series []Series) {
	for i, s := range series {
		if s.X != nil {
			panic(fmt.Sprintf("plotting: %s: series[%d].X must be nil: the place is the index", caller, i))
		}
	}
}

func named(series []Series) bool {
	return len(series) > 1 || len(series) == 1 && series[0].Name != ""
}

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

// dodged returns the series shifted side by side if their whiskers would
// cover each other. move shifts position x by a fraction of the distance to
// the next. step is that fraction between two series, 0 if nothing is
// shifted.
func dodged(series []Series, move func(x, part float64) float64) (moved []Series, step float64) {
	const near = 2. / 3 // marks joined by lines need less space than loose ones
	if !covered(series) {
		return series, 0
	}
	n := len(series)
	moved = slices.Clone(series)
	for i, s := range series {
		moved[i].X = make([]float64, len(s.Y))
		for j := range s.Y {
			moved[i].X[j] = move(s.x(j), near*dodge.Offset(i, n))
		}
	}
	return moved, near * (dodge.Offset(1, n) - dodge.Offset(0, n))
}

// covered reports whether the intervals of two series overlap at some
// position.
func covered(series []Series) bool {
	type interval struct{ low, high float64 }
	at := map[float64][]interval{}
	for _, s := range series {
		for i, low := range s.Lower {
			x, new := s.x(i), interval{low, s.Upper[i]}
			if slices.ContainsFunc(at[x], func(old interval) bool { return new.low <= old.high && old.low <= new.high }) {
				return true
			}
			at[x] = append(at[x], new)
		}
	}
	return false
}
