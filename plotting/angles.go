package plotting

import (
	"fmt"
	"math"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg/draw"
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
	c := newChart(chartWidth, chartHeight).Labelled("index", "principal angle / °")
	c.X.Tick.Marker, c.Y.Tick.Marker = indexTicks{}, degreeTicks{}
	c.Add(newGrid())
	k, longest := &key{}, 0
	var bad plotter.XYs
	for i, s := range series {
		points, outside := s.angles(dodge(i, len(series)))
		bad, longest = append(bad, outside...), max(longest, len(s.Y))
		style := draw.GlyphStyle{Color: seriesColor(i), Radius: markerRadius(len(s.Y)), Shape: seriesMarker(i)}
		scatter := &plotter.Scatter{XYs: points, GlyphStyle: style}
		c.Add(scatter)
		k.add(i, s.Name, scatter)
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
		c.Add(crosses(bad))
		c.warn(count(len(bad), "value") + " not within [0°, 90°] (×)")
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

// degreeTicks labels angles in degrees: 0, 15, …, 90 on an axis of about that
// length, 0, 45, …, 360 on longer ones, round numbers on others.
type degreeTicks struct{}

// Ticks implements plot.Ticker.
func (degreeTicks) Ticks(low, high float64) []plot.Tick {
	length, step := high-low, 15.0
	if length > 180 {
		step = 45
	}
	if !(length >= 50 && length <= 8.5*45) {
		return evenTicks{}.Ticks(low, high)
	}
	return multiples(step, low, high, func(v float64) string { return fmt.Sprintf("%.0f", v) })
}
