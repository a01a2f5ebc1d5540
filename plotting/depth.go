package plotting

import (
	"fmt"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// Depth draws each series over the layers of a network, in order, on a
// logarithmic axis: a mark for each layer and a line between neighbours, as of the
// relative defect of a symmetry layer by layer. layers are the names below the
// marks. Intervals stand at the marks as whiskers.
//
// Values ≤ 0, NaN and infinite ones have no place: they leave a gap, and a line
// above the chart counts them, and intervals with such an end. Depth panics if a
// series has places X of its own or another number of values, or of ends of
// intervals, than there are layers.
func Depth(layers []string, series ...Series) *Chart {
	checkNoX("Depth", series)
	for i, s := range series {
		if len(s.Y) != len(layers) {
			panic(fmt.Sprintf("plotting: Depth: series[%d] has %d values for %d layers", i, len(s.Y), len(layers)))
		}
		checkEnds("Depth", i, s)
	}
	c := curves("Depth", series, true).Labelled("layer", "relative defect ρ")
	c.addWhiskers(series)
	for i, s := range series {
		c.addMarks(i, s)
	}
	c.X.Tick.Marker = layerTicks(layers)
	c.X.Min, c.X.Max = .7, max(1, float64(len(layers)))+.3
	return c
}

// addWhiskers draws the intervals of all series, and makes room for them.
func (c *Chart) addWhiskers(series []Series) {
	left, low, high := 0, c.Y.Min, c.Y.Max
	for i, s := range series {
		bars, bad := s.intervals()
		left += bad
		if len(bars.XYs) > 0 {
			bars.LineStyle = draw.LineStyle{Color: seriesColor(i), Width: vg.Points(1)}
			bars.CapWidth = vg.Points(6)
			c.Add(bars)
		}
	}
	if c.Y.Min < low || c.Y.Max > high {
		c.Y.Min, c.Y.Max = logRange(c.Y.Min, c.Y.Max)
	}
	if left > 0 {
		c.warn(count(left, "interval") + " left out: infinite or not above 0")
	}
}

// addMarks draws a mark for each value of series i that can be drawn.
func (c *Chart) addMarks(i int, s Series) {
	runs, _ := s.runs(true)
	for _, run := range runs {
		style := draw.GlyphStyle{Color: seriesColor(i), Radius: vg.Points(2.5), Shape: seriesMarker(i)}
		c.Add(&plotter.Scatter{XYs: run, GlyphStyle: style})
	}
}

// layerTicks names the layers 1, 2, ….
type layerTicks []string

// Ticks implements plot.Ticker.
func (l layerTicks) Ticks(min, max float64) (ticks []plot.Tick) {
	for i, name := range l {
		if x := float64(i + 1); x >= min && x <= max {
			ticks = append(ticks, plot.Tick{Value: x, Label: name})
		}
	}
	return ticks
}
