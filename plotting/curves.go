package plotting

import (
	"fmt"
	"math"

	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"github.com/liegg/lab/plotting/internal/annotation"
	"github.com/liegg/lab/plotting/internal/axes"
	"github.com/liegg/lab/plotting/internal/glyphs"
	"github.com/liegg/lab/plotting/internal/look"
	"github.com/liegg/lab/plotting/internal/numbers"
)

// Curves draws each series as a line through its points (X, Y), such as a
// loss over training steps. Series differ in colour and dashes. The axes have
// no labels: see Chart.Labelled.
//
// Points that are NaN or infinite leave a gap in their line, and a line above
// the chart counts them. Curves panics if X and Y of a series differ in
// length.
func Curves(series ...Series) *Chart { return curves("Curves", series, false).readable(series) }

// LogCurves is Curves with a logarithmic y axis. Values ≤ 0 cannot be drawn
// on it: they leave a gap and are counted with the NaN and infinite ones.
func LogCurves(series ...Series) *Chart { return curves("LogCurves", series, true).readable(series) }

func curves(caller string, series []Series, log bool) *Chart {
	checkSeries(caller, series)
	c := newChart(look.ChartWidth, look.ChartHeight)
	c.Add(look.Grid())
	k, total, left := &annotation.Key{}, 0, 0
	for i, s := range series {
		runs, bad := s.runs(log)
		total, left = total+len(s.Y), left+bad
		c.addRuns(k, i, s.Name, runs)
	}
	if named(series) {
		c.addKey(k)
	}
	if log {
		c.logY()
	}
	c.warnOf(total, left, leftOut(log))
	return c
}

// warnOf adds a line that says how many of all points are left out, and why.
func (c *Chart) warnOf(total, left int, why string) {
	switch {
	case total == 0:
		c.warn("no data")
	case left > 0:
		c.warn(fmt.Sprintf("%d of %d points left out: %s", left, total, why))
	}
}

func leftOut(log bool) string {
	if log {
		return "NaN, infinite, or y ≤ 0"
	}
	return "NaN or infinite"
}

// runs splits the series at the points that cannot be drawn and counts those.
func (s Series) runs(log bool) (runs []plotter.XYs, bad int) {
	var run plotter.XYs
	for i, y := range s.Y {
		if x := s.x(i); numbers.Finite(x) && numbers.Finite(y) && (!log || y > 0) {
			run = append(run, plotter.XY{X: x, Y: y})
			continue
		}
		bad++
		if run != nil {
			runs, run = append(runs, run), nil
		}
	}
	if run != nil {
		runs = append(runs, run)
	}
	return runs, bad
}

// addRuns draws the runs of series i.
func (c *Chart) addRuns(k *annotation.Key, i int, name string, runs []plotter.XYs) {
	style := draw.LineStyle{Color: look.SeriesColor(i), Width: vg.Points(look.CurveWidth), Dashes: look.SeriesDash(i)}
	k.Add(i, name, &plotter.Line{LineStyle: style})
	c.addLines(runs, style, glyphs.OfSeries(i))
}

// addLines draws the runs; a run of a single point becomes a marker.
func (c *Chart) addLines(runs []plotter.XYs, style draw.LineStyle, single glyphs.Marker) {
	for _, run := range runs {
		if len(run) > 1 {
			c.Add(&plotter.Line{XYs: run, LineStyle: style})
			continue
		}
		glyph := draw.GlyphStyle{Color: style.Color, Radius: vg.Points(2.5), Shape: single}
		c.Add(&plotter.Scatter{XYs: run, GlyphStyle: glyph})
	}
}

// logY makes the y axis logarithmic.
func (c *Chart) logY() {
	c.Y.Scale, c.Y.Tick.Marker = axes.LogScale{}, axes.LogTicks{}
	if math.IsInf(c.Y.Min, 0) {
		c.Y.Min, c.Y.Max = 0.1, 1
		return
	}
	c.Y.Min, c.Y.Max = axes.LogRange(c.Y.Min, c.Y.Max)
}
