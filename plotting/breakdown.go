package plotting

import (
	"cmp"
	"fmt"
	"math"
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

// Breakdown draws which part breaks a symmetry. Each part, such as an output
// or a class, has a row with its relative defect ρ and interval on a
// logarithmic axis, the largest on top. A dashed line marks the threshold.
// Parts whose indices are in broken are vermilion squares, the others blue
// discs. 3 to 100 rows are legible.
//
// Zeros are hollow and drawn at the left edge; NaN, infinite and negative
// values appear there as crosses, and a line above the chart counts them.
// Intervals with exactly one NaN end, an infinite end, or ends in the wrong
// order are left out and counted. A threshold that is not positive and finite
// is reported instead of drawn. Breakdown panics if names and values differ
// in length, or if broken holds an index out of range.
func Breakdown(names []string, values []Estimate, threshold float64, broken []int) *Chart {
	if len(names) != len(values) {
		panic(fmt.Sprintf("plotting: Breakdown: %d names for %d values", len(names), len(values)))
	}
	for _, i := range broken {
		if i < 0 || i >= len(values) {
			panic(fmt.Sprintf("plotting: Breakdown: broken holds %d, and there are %d values", i, len(values)))
		}
	}
	b := newBreakdownRows(names, values, threshold, broken)
	c := newChart(look.ChartWidth, b.height()).Labelled("relative defect ρ", "")
	b.apply(c)
	c.Add(look.Grid())
	if numbers.Finite(threshold) && threshold > 0 {
		c.Add(annotation.Upright{X: threshold, Words: fmt.Sprintf("ρ ≤ %.2g", threshold)})
	} else {
		c.warn(fmt.Sprintf("threshold %.3g is not on the axis", threshold))
	}
	b.draw(c)
	c.warn(b.axis.warning())
	c.shows = describeRows(names, values)
	return c
}

// breakdownRows holds the rows of a Breakdown from the bottom up.
type breakdownRows struct {
	names  axes.NameTicks
	values []Estimate
	broken []bool
	axis   *spectrumAxis
}

func newBreakdownRows(names []string, values []Estimate, threshold float64, broken []int) breakdownRows {
	order := make([]int, len(values))
	for i := range order {
		order[i] = i
	}
	rank := func(i int) float64 {
		if numbers.Finite(values[i].Value) {
			return values[i].Value
		}
		return -1
	}
	slices.SortStableFunc(order, func(i, j int) int { return cmp.Or(cmp.Compare(rank(i), rank(j)), cmp.Compare(j, i)) })
	b := breakdownRows{axis: newSpectrumAxis(defectsRange(values, threshold, nil))}
	b.axis.longest = len(values)
	for _, i := range order {
		b.names, b.values, b.broken = append(b.names, names[i]), append(b.values, values[i]), append(b.broken, slices.Contains(broken, i))
	}
	b.names = b.names.Shortened(24)
	return b
}

// Heights of a row in charts of few and of many rows.
const (
	tallRow = 0.22 * vg.Inch
	lowRow  = 0.115 * vg.Inch
	fewRows = 20
)

func (b breakdownRows) row() vg.Length {
	if len(b.values) <= fewRows {
		return tallRow
	}
	return max(lowRow, tallRow*fewRows/vg.Length(len(b.values)))
}

func (b breakdownRows) height() vg.Length {
	return max(1.8*vg.Inch, 0.85*vg.Inch+b.row()*vg.Length(len(b.values)))
}

// apply sets the axes. The ρ axis, which spectrumAxis makes vertical, is
// horizontal here.
func (b breakdownRows) apply(c *Chart) {
	b.axis.apply(c.Plot)
	c.X.Scale, c.X.Min, c.X.Max, c.X.Tick.Marker = c.Y.Scale, c.Y.Min, c.Y.Max, c.Y.Tick.Marker
	c.Y.Scale, c.Y.Min, c.Y.Max, c.Y.Tick.Marker = axes.LinearScale{}, 0.5, math.Max(1, float64(len(b.values)))+0.5, b.names
	c.Y.Tick.Label.Font.Size = min(vg.Points(look.TickSize), 0.85*b.row())
	c.X.Padding, c.Y.Padding = 0, 0
}

// draw adds intervals and marks.
func (b breakdownRows) draw(c *Chart) {
	bad := 0
	for i, e := range b.values {
		colour, mark := look.SeriesColor(0), glyphs.OfSeries(0)
		if b.broken[i] {
			colour, mark = look.SeriesColor(1), glyphs.OfSeries(1)
		}
		y := float64(i + 1)
		if lower, upper, ok := e.interval(); ok {
			ends := plotter.XYs{{X: b.axis.end(lower), Y: y}, {X: b.axis.end(upper), Y: y}}
			c.Add(&plotter.Line{XYs: ends, LineStyle: draw.LineStyle{Color: colour, Width: vg.Points(1.2)}})
		} else if !e.bare() {
			bad++
		}
		if !b.axis.drawable(e.Value) {
			c.Add(glyphs.Crosses(plotter.XYs{{X: b.axis.row, Y: y}}))
			continue
		}
		x := b.axis.place(e.Value)
		mark.Hollow = b.axis.row > 0 && x == b.axis.row
		style := draw.GlyphStyle{Color: colour, Radius: min(vg.Points(3), 0.35*b.row()), Shape: mark}
		c.Add(&plotter.Scatter{XYs: plotter.XYs{{X: x, Y: y}}, GlyphStyle: style})
	}
	if bad > 0 {
		c.warn(numbers.Count(bad, "interval") + " NaN, infinite or reversed")
	}
}
