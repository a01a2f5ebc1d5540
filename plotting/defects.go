package plotting

import (
	"fmt"
	"image/color"
	"math"
	"slices"

	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg/draw"

	"github.com/liegg/lab/plotting/internal/annotation"
	"github.com/liegg/lab/plotting/internal/glyphs"
	"github.com/liegg/lab/plotting/internal/look"
	"github.com/liegg/lab/plotting/internal/numbers"
)

// Defects draws values with their intervals over their index 1, 2, …, K on a
// logarithmic axis, in the order given. They are usually relative defects ρ,
// which have no unit and lie in [0, 1]. Values in the shaded band below the
// threshold count as symmetries. Trivial values are hollow, and a line above
// the chart says that they are not counted.
//
// As in Spectrum, zeros have a row of their own at the bottom, which also
// holds crosses for NaN, infinite and negative values, counted by a line
// above the chart. Intervals with a lower end ≤ 0 reach down to that row.
// Intervals with exactly one NaN end, an infinite end, or ends in the wrong
// order are left out and counted. A threshold that is not positive and finite
// is reported above the chart instead of drawn.
func Defects(values []Estimate, threshold float64) *Chart {
	c := drawDefects(values, threshold, nil, hollowIfTrivial(values))
	if slices.ContainsFunc(values, func(e Estimate) bool { return e.Trivial }) {
		c.remark("hollow: trivial, not counted")
	}
	return c
}

func hollowIfTrivial(values []Estimate) func(i int) draw.GlyphStyle {
	return func(i int) draw.GlyphStyle {
		return draw.GlyphStyle{Color: look.SeriesColor(0), Shape: glyphs.Marker{Hollow: values[i].Trivial}}
	}
}

// drawDefects draws the chart of Defects and Verdict. style is called with the
// index of a value.
func drawDefects(values []Estimate, threshold float64, steps []annotation.Step, style func(i int) draw.GlyphStyle) *Chart {
	c := newChart(look.ChartWidth, look.ChartHeight).Labelled("generator", "relative defect ρ")
	axis := newSpectrumAxis(defectsRange(values, threshold, steps))
	axis.longest = len(values)
	axis.apply(c.Plot)
	end := math.Max(1, float64(len(values))) + 0.5
	if c.hasPlaceFor(threshold, "counts as symmetry") {
		c.Add(rectangle(0.5, end, c.Y.Min, threshold, look.BandGrey), annotation.Cutoff{Y: threshold})
	}
	c.Add(look.Grid())
	for _, s := range steps {
		s.Threshold = threshold
		if s.Bound = axis.end(s.Bound); s.Bound >= c.Y.Min {
			c.Add(s)
		}
	}
	bars, bad := axis.errorBars(values)
	if len(bars.XYs) > 0 {
		c.Add(bars)
	}
	c.Add(axis.estimates(values, style))
	c.addReadings(axis.placed(defectValues(values)), defectValues(values), nil)
	if xys := axis.bad([]Series{defectValues(values)}); len(xys) > 0 {
		c.Add(glyphs.Crosses(xys))
	}
	c.X.Min, c.X.Max = 0.5, end
	c.X.Padding, c.Y.Padding = 0, 0
	c.warn(axis.warning())
	if bad > 0 {
		c.warn(numbers.Count(bad, "interval") + " NaN, infinite or reversed")
	}
	return c
}

// defectsRange returns everything that the axis must hold: the values, the
// ends of the intervals, the steps, the threshold and part of the band below it.
func defectsRange(values []Estimate, threshold float64, steps []annotation.Step) []Series {
	var ends Series
	for _, s := range steps {
		ends.Y = append(ends.Y, s.Bound)
	}
	for _, e := range values {
		if lower, upper, ok := e.interval(); ok {
			ends.Y = append(ends.Y, math.Max(0, lower), math.Max(0, upper))
		}
	}
	if numbers.Finite(threshold) && threshold > 0 {
		ends.Y = append(ends.Y, threshold/3, threshold)
	}
	return []Series{defectValues(values), ends}
}

func defectValues(values []Estimate) (s Series) {
	for _, e := range values {
		s.Y, s.Lower, s.Upper = append(s.Y, e.Value), append(s.Lower, e.Lower), append(s.Upper, e.Upper)
	}
	return s
}

// estimates returns the points of the drawable values.
func (a *spectrumAxis) estimates(values []Estimate, style func(i int) draw.GlyphStyle) *plotter.Scatter {
	points := &plotter.Scatter{}
	var drawn []int
	for i, e := range values {
		if a.drawable(e.Value) {
			points.XYs = append(points.XYs, plotter.XY{X: float64(i + 1), Y: a.place(e.Value)})
			drawn = append(drawn, i)
		}
	}
	points.GlyphStyleFunc = func(i int) draw.GlyphStyle {
		s := style(drawn[i])
		s.Radius = a.radius()
		return s
	}
	return points
}

// rectangle returns the filled rectangle [x0, x1] × [y0, y1].
func rectangle(x0, x1, y0, y1 float64, fill color.Color) *plotter.Polygon {
	ring := plotter.XYs{{X: x0, Y: y0}, {X: x1, Y: y0}, {X: x1, Y: y1}, {X: x0, Y: y1}}
	return &plotter.Polygon{XYs: []plotter.XYs{ring}, Color: fill, LineStyle: draw.LineStyle{Color: fill}}
}

// Evidence is what a verdict on the symmetries of a function rests on, such as a
// *liegg.Verdict.
type Evidence interface {
	// Intervals returns the relative defects ρ of the directions that were
	// tested, and the ends of their intervals.
	Intervals() (values, lower, upper []float64)

	// Ladder returns the rungs of approximate symmetry, from the smallest: the
	// number of directions, the largest upper end of their intervals, and the
	// name of the algebra, "" if it has none.
	Ladder() (sizes []int, bounds []float64, names []string)

	// Decision returns the answer in a few words, the number of directions
	// that count as symmetries, -1 if the answer is undetermined, and the
	// threshold that their ρ must not exceed.
	Decision() (answer string, counted int, threshold float64)
}

// Verdict draws what a verdict rests on: ρ of each direction with its interval,
// over its index 1, 2, …, on a logarithmic axis. Directions that count as
// symmetries are blue discs, the others vermilion squares. All are dark grey
// discs if the answer is undetermined. The shaded band lies below the threshold. A
// line on each rung of the ladder spans its directions, with its name above.
// The title is the answer.
//
// Zeros and bad data are drawn as in Defects. Verdict panics if the slices of
// Intervals differ in length, or the slices of Ladder do.
func Verdict(v Evidence) *Chart {
	values := Estimates(v.Intervals())
	answer, counted, threshold := v.Decision()
	return drawDefects(values, threshold, stepsOf(v.Ladder()), byCount(counted)).Titled(answer)
}

// byCount returns the style of directions of which the first few count as symmetries.
func byCount(counted int) func(i int) draw.GlyphStyle {
	return func(i int) draw.GlyphStyle {
		switch {
		case counted < 0:
			return draw.GlyphStyle{Color: look.Ink, Shape: glyphs.OfSeries(0)}
		case i < counted:
			return draw.GlyphStyle{Color: look.SeriesColor(0), Shape: glyphs.OfSeries(0)}
		}
		return draw.GlyphStyle{Color: look.SeriesColor(1), Shape: glyphs.OfSeries(1)}
	}
}

func stepsOf(sizes []int, bounds []float64, names []string) []annotation.Step {
	if len(bounds) != len(sizes) || len(names) != len(sizes) {
		panic(fmt.Sprintf("plotting: Verdict: v.Ladder returns %d sizes, %d bounds and %d names", len(sizes), len(bounds), len(names)))
	}
	steps := make([]annotation.Step, len(sizes))
	for i, size := range sizes {
		steps[i] = annotation.Step{Size: size, Bound: bounds[i], Name: names[i]}
		if names[i] == "" {
			steps[i].Name = fmt.Sprintf("%d directions", size)
		}
	}
	return steps
}
