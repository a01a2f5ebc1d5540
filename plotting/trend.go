package plotting

import (
	"fmt"
	"math"
	"slices"
	"strconv"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"github.com/liegg/lab/plotting/internal/annotation"
	"github.com/liegg/lab/plotting/internal/axes"
	"github.com/liegg/lab/plotting/internal/dodge"
	"github.com/liegg/lab/plotting/internal/glyphs"
	"github.com/liegg/lab/plotting/internal/look"
	"github.com/liegg/lab/plotting/internal/numbers"
)

// Trend draws how a value depends on a quantity that was varied, such as a
// symmetry bias on the number of samples. Each series is a line with a mark
// at each point (X, Y), on two logarithmic axes. The x axis has its ticks at
// the values that were tried. Intervals are drawn as whiskers; if whiskers of
// two series overlap, the marks are placed side by side.
//
// Points that are not positive and finite leave a gap, and a line above the
// chart counts them and intervals with such an end. Trend panics if X, Y,
// Lower and Upper of a series differ in length, nil intervals aside.
func Trend(series ...Series) *Chart {
	checkPoints("Trend", series)
	given := positiveX(series)
	tried := triedPlaces(given)
	gap, extent := dodge.LogGap(tried)
	series, step := dodged(given, func(x, part float64) float64 { return x * math.Exp(part*gap) })
	c := curves("Trend", series, true)
	c.addWhiskers(series, dodge.CapWidth(step, extent/gap))
	for i, s := range series {
		c.addMarks(i, s)
		c.addReadings(s, given[i], nil)
	}
	return c.logX(triedTicks(tried))
}

// Scatter draws the points (X, Y) of each series as marks on two logarithmic
// axes, such as the symmetry bias of each network over its test loss.
//
// Points that are not positive and finite are left out, and a line above the
// chart counts them. Intervals are not drawn. Scatter panics whenever Trend
// does.
func Scatter(series ...Series) *Chart {
	checkPoints("Scatter", series)
	series = positiveX(series)
	c := newChart(look.ChartWidth, look.ChartHeight)
	c.Add(look.Grid())
	k, total, left := &annotation.Key{}, 0, 0
	for i, s := range series {
		_, bad := s.runs(true)
		total, left = total+len(s.Y), left+bad
		style := draw.GlyphStyle{Color: look.SeriesColor(i), Radius: vg.Points(2.5), Shape: glyphs.OfSeries(i)}
		k.Add(i, s.Name, &plotter.Scatter{GlyphStyle: style})
		c.addMarks(i, s)
	}
	c.readable(series)
	if named(series) {
		c.addKey(k)
	}
	c.logY()
	c.warnOf(total, left, noPlace)
	return c.logX(axes.LogTicks{})
}

// noPlace says why points are left out of two logarithmic axes.
const noPlace = "NaN, infinite, or ≤ 0"

// positiveX returns the series with NaN for each x that cannot be drawn on a
// logarithmic axis.
func positiveX(series []Series) []Series {
	series = slices.Clone(series)
	for i, s := range series {
		series[i].X = slices.Clone(s.X)
		for j, x := range s.X {
			if !(x > 0) {
				series[i].X[j] = math.NaN()
			}
		}
	}
	return series
}

// logX makes the x axis logarithmic.
func (c *Chart) logX(ticks plot.Ticker) *Chart {
	c.X.Scale, c.X.Tick.Marker = axes.LogScale{}, ticks
	if !(c.X.Min <= c.X.Max) || math.IsInf(c.X.Min, 0) {
		c.X.Min, c.X.Max = .1, 1
	}
	room := max(1.05, math.Exp(.04*(math.Log(c.X.Max)-math.Log(c.X.Min)))) // the quotient may overflow
	c.X.Min, c.X.Max = numbers.Positive(c.X.Min/room), numbers.Positive(c.X.Max*room)
	return c
}

// triedPlaces returns the values of all series' X that can be drawn on a
// logarithmic axis, ascending and without duplicates.
func triedPlaces(series []Series) (places []float64) {
	for _, s := range series {
		places = append(places, s.X...)
	}
	places = slices.DeleteFunc(places, func(x float64) bool { return !(x > 0) || math.IsInf(x, 1) })
	slices.Sort(places)
	return slices.Compact(places)
}

// triedTicks labels the values that were tried.
func triedTicks(tried []float64) (ticks plot.ConstantTicks) {
	for _, x := range tried {
		ticks = append(ticks, plot.Tick{Value: x, Label: axes.ShortExponent(strconv.FormatFloat(x, 'g', -1, 64))})
	}
	return ticks
}

// checkPoints panics if a series has no X, or unequal lengths.
func checkPoints(caller string, series []Series) {
	checkSeries(caller, series)
	for i, s := range series {
		if s.X == nil && len(s.Y) > 0 {
			panic(fmt.Sprintf("plotting: %s: series[%d] has no X", caller, i))
		}
		checkEnds(caller, i, s)
	}
}
