package plotting

import (
	"fmt"
	"slices"

	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"github.com/liegg/lab/plotting/internal/annotation"
	"github.com/liegg/lab/plotting/internal/axes"
	"github.com/liegg/lab/plotting/internal/glyphs"
	"github.com/liegg/lab/plotting/internal/look"
	"github.com/liegg/lab/plotting/internal/numbers"
)

// Ratios draws values as multiples of a base, such as errors divided by the error of another
// network. Each has a row with its interval on a logarithmic axis, the first on top. A dashed line
// marks 1. Rows whose indices are in controls are vermilion squares, the others blue discs. Up to
// 100 rows are legible.
//
// Values that are not positive and finite are left out, and so are intervals with such an end, or
// with ends in the wrong order; a line above the chart counts both. Ratios panics if names and values
// differ in length, or if controls holds an index out of range.
func Ratios(names []string, values []Estimate, controls []int) *Chart {
	if len(names) != len(values) {
		panic(fmt.Sprintf("plotting: Ratios: %d names for %d values", len(names), len(values)))
	}
	for _, i := range controls {
		if i < 0 || i >= len(values) {
			panic(fmt.Sprintf("plotting: Ratios: controls holds %d, and there are %d values", i, len(values)))
		}
	}
	rows := breakdownRows{values: values}
	c := newChart(look.ChartWidth, rows.height()).Labelled("ratio", "")
	c.Add(look.Grid())
	c.X.Min, c.X.Max = 1, 1
	bad, badEnds := 0, 0
	for i, e := range values {
		colour, mark := look.SeriesColor(0), glyphs.OfSeries(0)
		if slices.Contains(controls, i) {
			colour, mark = look.SeriesColor(1), glyphs.OfSeries(1)
		}
		y := float64(len(names) - i)
		if lower, upper, ok := e.interval(); ok && lower > 0 && numbers.Finite(upper) {
			ends := plotter.XYs{{X: lower, Y: y}, {X: upper, Y: y}}
			c.Add(&plotter.Line{XYs: ends, LineStyle: draw.LineStyle{Color: colour, Width: vg.Points(1.2)}})
		} else if !e.bare() {
			badEnds++
		}
		if !numbers.Finite(e.Value) || e.Value <= 0 {
			bad++
			continue
		}
		style := draw.GlyphStyle{Color: colour, Radius: min(vg.Points(3), 0.35*rows.row()), Shape: mark}
		c.Add(&plotter.Scatter{XYs: plotter.XYs{{X: e.Value, Y: y}}, GlyphStyle: style})
	}
	if bad > 0 {
		c.warn(numbers.Count(bad, "value") + " " + noPlace)
	}
	if badEnds > 0 {
		c.warn(numbers.Count(badEnds, "interval") + " NaN, infinite, ≤ 0 or reversed")
	}
	c.rows(names, rows.row())
	c.Add(annotation.Upright{X: 1})
	c.shows = describeRows(names, values)
	return c.logX(axes.LogTicks{})
}
