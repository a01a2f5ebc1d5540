package plotting

import (
	"math"

	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"

	"github.com/liegg/lab/plotting/internal/axes"
	"github.com/liegg/lab/plotting/internal/glyphs"
	"github.com/liegg/lab/plotting/internal/look"
	"github.com/liegg/lab/plotting/internal/numbers"
)

// Bias draws one bar per generator: its symmetry bias over its index 1, 2, …,
// K.
//
// NaN and infinite values appear as crosses on the axis, and a line above the
// chart counts them. The width of a bar depends on the natural width of the
// chart, so draw the chart again after setting a larger Width.
func Bias(values []float64) *Chart {
	c := bars(look.ChartWidth, look.ChartHeight, values).Labelled("generator", "symmetry bias")
	c.X.Tick.Marker = axes.IndexTicks{}
	return c
}

func bars(width, height vg.Length, values []float64) *Chart {
	c := newChart(width, height)
	grid := look.Grid()
	grid.Vertical.Color = nil
	c.Add(grid)
	heights, bad := finiteOrZero(values)
	if len(values) > 0 {
		room := 0.8 * width / vg.Length(max(len(values), 4))
		drawn := &plotter.BarChart{Values: heights, Width: 0.7 * room, Color: look.SeriesColor(0), XMin: 1}
		c.Add(drawn)
	}
	if len(bad) > 0 {
		c.Add(glyphs.Crosses(bad))
		c.warn(numbers.Count(len(bad), "value") + " NaN or infinite (×)")
	}
	if len(values) == 0 {
		c.warn("no data")
	}
	c.X.Min, c.X.Max = 0.5, math.Max(1, float64(len(values)))+0.5
	c.Y.Min = math.Min(0, c.Y.Min)
	if c.Y.Max <= c.Y.Min || math.IsInf(c.Y.Max, 0) {
		c.Y.Min, c.Y.Max = 0, 1
	}
	below := 0.0
	if c.Y.Min < 0 {
		below = 0.05
	}
	c.Y.Min, c.Y.Max = axes.Widened(c.Y.Min, c.Y.Max, below, 0.05)
	c.Y.Padding, c.X.Padding = 0, 0
	return c
}

// finiteOrZero returns values with non-finite ones replaced by 0, and the
// points (index, 0) where that happened.
func finiteOrZero(values []float64) (plotter.Values, plotter.XYs) {
	out, bad := make(plotter.Values, len(values)), plotter.XYs(nil)
	for i, v := range values {
		if numbers.Finite(v) {
			out[i] = v
		} else {
			bad = append(bad, plotter.XY{X: float64(i + 1)})
		}
	}
	return out, bad
}
