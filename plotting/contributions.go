package plotting

import (
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"

	"github.com/liegg/lab/plotting/internal/axes"
	"github.com/liegg/lab/plotting/internal/glyphs"
	"github.com/liegg/lab/plotting/internal/look"
	"github.com/liegg/lab/plotting/internal/numbers"
)

// Contributed is an error by the layers that contribute to it, such as a
// *profile.Attribution.
type Contributed interface {
	// Names returns the names of the layers in order.
	Names() []string

	// Sizes returns the contributions with the ends of their intervals.
	Sizes() (values, lower, upper []float64)
}

// Contributions draws the contributions of layers to an error: a bar for each layer, the first
// one on top, with a whisker for its interval, and its share of the sum of all in percent.
//
// Values that are NaN, infinite or negative are crosses at 0, and a line above the chart counts
// them. Intervals with a NaN or infinite end, or with ends in the wrong order, are left out and
// counted. Contributions panics if the numbers of names, values and ends differ.
func Contributions(e Contributed) *Chart {
	names, values := e.Names(), Estimates(e.Sizes())
	if len(values) != len(names) {
		panic(fmt.Sprintf("plotting: Contributions: %d names for %d values", len(names), len(values)))
	}
	sum, longest := 0.0, 0.0
	for _, v := range values {
		if drawn := barLength(v.Value); !math.IsNaN(drawn) {
			sum, longest = sum+drawn, max(longest, drawn)
		}
		if lower, upper, ok := v.interval(); ok && lower >= 0 {
			longest = max(longest, upper)
		}
	}
	if longest == 0 {
		longest = 1
	}
	row := breakdownRows{values: values}.row()
	c := newChart(look.ChartWidth, max(1.8*vg.Inch, 0.85*vg.Inch+row*vg.Length(len(names)))).Labelled("contribution to the error, as seen at the outputs", "")
	c.X.Min, c.X.Max, c.X.Tick.Marker = 0, 1.15*longest, axes.EvenTicks{}
	c.rows(names, row)
	c.Add(look.Grid())
	bad, badEnds := 0, 0
	for i, v := range values {
		y, length := float64(len(names)-i), barLength(v.Value)
		if math.IsNaN(length) {
			bad++
			c.Add(glyphs.Crosses(plotter.XYs{{X: 0, Y: y}}))
			continue
		}
		c.Add(glyphs.NewBar(0, length, y, 0.32*row))
		end := length
		if lower, upper, ok := v.interval(); ok && lower >= 0 {
			c.Add(glyphs.Bar{From: lower, To: upper, Y: y})
			end = max(end, upper)
		} else if !v.bare() {
			badEnds++
		}
		if sum > 0 {
			c.Add(glyphs.Words{Text: fmt.Sprintf("%.0f %%", 100*length/sum), X: end, Y: y})
		}
	}
	c.warnOfBars("value", bad, badEnds)
	c.shows = describeRows(names, values)
	return c
}

// barLength returns v if it can be the length of a bar, and NaN otherwise.
func barLength(v float64) float64 {
	if !numbers.Finite(v) || v < 0 {
		return math.NaN()
	}
	return v
}

// rows sets the y axis for bars of the given names, the first one on top.
func (c *Chart) rows(names []string, height vg.Length) {
	c.Y.Min, c.Y.Max = 0.5, math.Max(1, float64(len(names)))+0.5
	c.Y.Tick.Label.Font.Size = min(vg.Points(look.TickSize), 0.85*height)
	c.X.Padding, c.Y.Padding = 0, 0
	upwards := axes.NameTicks(slices.Clone(names))
	slices.Reverse(upwards)
	c.Y.Tick.Marker = upwards.Shortened(24)
}

// warnOfBars counts what was not drawn.
func (c *Chart) warnOfBars(noun string, bad, badEnds int) {
	if bad > 0 {
		c.warn(numbers.Count(bad, noun) + " NaN, negative or infinite (×)")
	}
	if badEnds > 0 {
		c.warn(numbers.Count(badEnds, "interval") + " NaN, negative, infinite or reversed")
	}
}
