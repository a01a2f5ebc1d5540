package plotting

import (
	"math"

	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg/draw"

	"github.com/liegg/lab/plotting/internal/annotation"
	"github.com/liegg/lab/plotting/internal/axes"
	"github.com/liegg/lab/plotting/internal/dodge"
	"github.com/liegg/lab/plotting/internal/glyphs"
	"github.com/liegg/lab/plotting/internal/look"
	"github.com/liegg/lab/plotting/internal/numbers"
)

// Angles draws principal angles between algebras, in degrees, over their
// index 1, 2, …: one series for each pair of algebras, in the order given,
// side by side. The axis runs from 0° to a little above the largest angle, at
// most to 90°.
//
// Values outside [0°, 90°], NaN included, appear as crosses on the axis, and
// a line above the chart counts them. Angles panics if a series has X.
func Angles(series ...Series) *Chart {
	checkNoX("Angles", series)
	c := newChart(look.ChartWidth, look.ChartHeight).Labelled("index", "principal angle / °")
	c.X.Tick.Marker, c.Y.Tick.Marker = axes.IndexTicks{}, axes.DegreeTicks{}
	c.Add(look.Grid())
	k, longest := &annotation.Key{}, 0
	var bad plotter.XYs
	for i, s := range series {
		points, outside := s.angles(dodge.Offset(i, len(series)))
		bad, longest = append(bad, outside...), max(longest, len(s.Y))
		style := draw.GlyphStyle{Color: look.SeriesColor(i), Radius: markerRadius(len(s.Y)), Shape: glyphs.OfSeries(i)}
		scatter := &plotter.Scatter{XYs: points, GlyphStyle: style}
		c.Add(scatter)
		k.Add(i, s.Name, scatter)
	}
	if named(series) {
		c.addKey(k)
	}
	c.finishAngles(longest, bad)
	return c
}

// LogAngles is Angles with a logarithmic axis, for angles of very different
// sizes. As in Spectrum, exact zeros have a row of their own, which also
// holds crosses for NaN, infinite and negative values.
func LogAngles(series ...Series) *Chart {
	checkNoX("LogAngles", series)
	return Spectrum(series...).Labelled("index", "principal angle / °")
}

// angles returns the points within [0°, 90°], and those outside as points on
// the axis, all of them shifted to the side. Rounding may put an angle just
// beyond 90°.
func (s Series) angles(shift float64) (points, outside plotter.XYs) {
	const right = 90 * (1 + 1e-12)
	for i, v := range s.Y {
		if v >= 0 && v <= right {
			points = append(points, plotter.XY{X: float64(i+1) + shift, Y: v})
		} else {
			outside = append(outside, plotter.XY{X: float64(i+1) + shift})
		}
	}
	return points, outside
}

// finishAngles sets the ranges of the axes and adds the crosses and warnings.
func (c *Chart) finishAngles(longest int, bad plotter.XYs) {
	if len(bad) > 0 {
		c.Add(glyphs.Crosses(bad))
		c.warn(numbers.Count(len(bad), "value") + " not within [0°, 90°] (×)")
	}
	if longest == 0 {
		c.warn("no data")
	}
	c.X.Min, c.X.Max = 0.5, math.Max(1, float64(longest))+0.5
	c.X.Padding = 0
	if c.Y.Min = 0; c.Y.Max > 0 && !math.IsInf(c.Y.Max, 0) {
		c.Y.Max = math.Min(1.08*c.Y.Max, 90)
	} else {
		c.Y.Max = 1
	}
}
