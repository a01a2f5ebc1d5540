package plotting

import (
	"fmt"

	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"github.com/liegg/lab/plotting/internal/axes"
	"github.com/liegg/lab/plotting/internal/dodge"
	"github.com/liegg/lab/plotting/internal/glyphs"
	"github.com/liegg/lab/plotting/internal/look"
	"github.com/liegg/lab/plotting/internal/numbers"
)

// Depth draws each series over the layers of a network, in order, on a
// logarithmic axis, such as the relative defect of a symmetry in each layer.
// Each layer has a mark, and lines join neighbours. layers holds the names
// below the marks, which are turned upright if they are too wide. Intervals
// are drawn as whiskers; if whiskers of two series overlap, the marks are
// placed side by side.
//
// Values ≤ 0, NaN and infinite ones cannot be drawn: they leave a gap, and a
// line above the chart counts them and intervals with such an end. Depth
// panics if a series has X, or if the number of its values or of its interval
// ends differs from the number of layers.
func Depth(layers []string, series ...Series) *Chart {
	checkNoX("Depth", series)
	for i, s := range series {
		if len(s.Y) != len(layers) {
			panic(fmt.Sprintf("plotting: Depth: series[%d] has %d values for %d layers", i, len(s.Y), len(layers)))
		}
		checkEnds("Depth", i, s)
	}
	given := series
	series, step := dodged(given, func(x, part float64) float64 { return x + part })
	c := curves("Depth", series, true).Labelled("layer", "relative defect ρ")
	c.addWhiskers(series, dodge.CapWidth(step, float64(len(layers))))
	for i, s := range series {
		c.addMarks(i, s)
		c.addReadings(s, given[i], layers)
	}
	c.X.Tick.Marker = axes.NameTicks(layers)
	c.X.Min, c.X.Max = .7, max(1, float64(len(layers)))+.3
	c.Height += axes.NameTicks(layers).UprightHeight(0.7 * c.Width / vg.Length(max(1, len(layers))))
	return c
}

// addWhiskers draws the intervals of all series, with caps of the given
// width, and extends the axis to hold them.
func (c *Chart) addWhiskers(series []Series, across vg.Length) {
	left, low, high := 0, c.Y.Min, c.Y.Max
	for i, s := range series {
		bars, bad := s.intervals()
		left += bad
		if len(bars.XYs) > 0 {
			bars.LineStyle = draw.LineStyle{Color: look.SeriesColor(i), Width: vg.Points(1)}
			bars.CapWidth = across
			c.Add(bars)
		}
	}
	if c.Y.Min < low || c.Y.Max > high {
		c.Y.Min, c.Y.Max = axes.LogRange(c.Y.Min, c.Y.Max)
	}
	if left > 0 {
		c.warn(numbers.Count(left, "interval") + " left out: infinite or not above 0")
	}
}

// addMarks draws a mark for each value of series i that can be drawn.
func (c *Chart) addMarks(i int, s Series) {
	runs, _ := s.runs(true)
	for _, run := range runs {
		style := draw.GlyphStyle{Color: look.SeriesColor(i), Radius: vg.Points(2.5), Shape: glyphs.OfSeries(i)}
		c.Add(&plotter.Scatter{XYs: run, GlyphStyle: style})
	}
}
