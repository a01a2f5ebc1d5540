package plotting

import (
	"fmt"
	"math"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"github.com/liegg/lab/plotting/internal/axes"
	"github.com/liegg/lab/plotting/internal/glyphs"
	"github.com/liegg/lab/plotting/internal/look"
	"github.com/liegg/lab/plotting/internal/numbers"
)

// Ranged is how far along a flow the classes of a classifier keep their answers, such as a
// *flow.RangeResult.
type Ranged interface {
	// Names returns the names of the classes.
	Names() []string

	// Reach returns, for each class, the t > 0 up to which answers are kept along
	// exp(tH), or along exp(−tH) if forward is false, with the ends of its interval.
	// Values beyond the end of the flow are +Inf.
	Reach(forward bool) (values, lower, upper []float64)

	// Followed returns the t up to which the flow was followed both ways, and whether t
	// is an angle in radians.
	Followed() (end float64, angle bool)
}

// Ranges draws how far along a flow the classes keep their answers: a bar for each class from
// its range backward, to the left of 0, to its range forward, with whiskers for the intervals.
// The first class is on top. Bars that end in an arrow reach as far as the flow was followed.
// Angles are in degrees. Up to 100 rows are legible.
//
// NaN and negative values are crosses at 0, and a line above the chart counts them. Intervals
// with a NaN end or with ends in the wrong order are left out and counted. Ranges panics if the
// numbers of names, values and ends differ.
func Ranges(r Ranged) *Chart {
	names := r.Names()
	forward, backward := Estimates(r.Reach(true)), Estimates(r.Reach(false))
	if len(forward) != len(names) || len(backward) != len(names) {
		panic(fmt.Sprintf("plotting: Ranges: %d names for %d ranges forward and %d backward", len(names), len(forward), len(backward)))
	}
	end, angle := r.Followed()
	b, label, ticks := rangeBars{end: end, unit: 1}, "t", plot.Ticker(axes.EvenTicks{})
	if angle {
		b.unit, label, ticks = 180/math.Pi, "t / degrees", axes.DegreeTicks{}
	}
	b.end *= b.unit
	if !numbers.Finite(b.end) || b.end <= 0 {
		b.end = 1
	}
	row := breakdownRows{values: forward}.row()
	c := newChart(look.ChartWidth, max(1.8*vg.Inch, 0.85*vg.Inch+row*vg.Length(len(names)))).Labelled(label, "")
	c.X.Min, c.X.Max, c.X.Tick.Marker = -1.03*b.end, 1.03*b.end, ticks
	c.rows(names, row)
	c.Add(look.Grid())
	for i := range names {
		y := float64(len(names) - i)
		b.add(c, forward[i], y, 1, row)
		b.add(c, backward[i], y, -1, row)
	}
	c.warnOfBars("range", b.bad, b.badEnds)
	return c
}

// rangeBars draws bars to both sides of 0.
type rangeBars struct {
	end, unit    float64
	bad, badEnds int
}

// add draws one range in the direction of a sign.
func (b *rangeBars) add(c *Chart, e Estimate, y, sign float64, row vg.Length) {
	value := b.place(e.Value)
	if math.IsNaN(value) {
		b.bad++
		c.Add(glyphs.Crosses(plotter.XYs{{X: 0, Y: y}}))
		return
	}
	c.Add(glyphs.NewBar(0, sign*value, y, 0.32*row))
	if math.IsInf(e.Value, 1) {
		tip := glyphs.Marker{Corners: 3, Turn: (1 - sign) / 2 * math.Pi}
		style := draw.GlyphStyle{Color: look.SeriesColor(0), Radius: min(vg.Points(4), 0.4*row), Shape: tip}
		c.Add(&plotter.Scatter{XYs: plotter.XYs{{X: sign * value, Y: y}}, GlyphStyle: style})
	}
	lower, upper := b.place(e.Lower), b.place(e.Upper)
	switch {
	case e.bare():
	case math.IsNaN(lower) || math.IsNaN(upper) || lower > upper:
		b.badEnds++
	case lower < upper:
		c.Add(glyphs.Bar{From: sign * lower, To: sign * upper, Y: y})
	}
}

// place returns the position of a range: the end of the axis if it is beyond, and NaN if it
// cannot be drawn.
func (b *rangeBars) place(t float64) float64 {
	if !(t >= 0) {
		return math.NaN()
	}
	return math.Min(t*b.unit, b.end)
}
