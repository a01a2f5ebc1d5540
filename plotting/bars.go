package plotting

import (
	"fmt"
	"math"
	"strconv"

	"gonum.org/v1/gonum/mat"
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

// Bars draws one bar over each name, such as the outputs of a classifier over
// its classes. The picture is 2.8 inches wide, to be put beside others. NaN and
// infinite values are drawn as in Bias. Bars panics if the numbers of names and
// values differ.
func Bars(names []string, values []float64) *Chart {
	if len(names) != len(values) {
		panic(fmt.Sprintf("plotting: Bars: %d names for %d values", len(names), len(values)))
	}
	c := bars(2.8*vg.Inch, 1.6*vg.Inch, values)
	c.X.Tick.Marker = axes.NameTicks(names)
	bare := make([]float64, len(values)) // without intervals
	c.shows = describeRows(names, Estimates(values, bare, bare))
	return c
}

// WithOutputs draws each image with a bar for each of its outputs beside it,
// such as the probabilities of the classes of a classifier, for a Slider: all
// images share one scale, and all bars one axis. Nil names are the numbers from
// 0. WithOutputs panics if the numbers of images and rows of outputs differ,
// if a row differs from the names, and whenever Pictures does.
func WithOutputs(images []mat.Matrix, outputs [][]float64, names []string) []Figure {
	if len(outputs) != len(images) {
		panic(fmt.Sprintf("plotting: WithOutputs: %d rows of outputs for %d images", len(outputs), len(images)))
	}
	low, high := 0., 0.
	for _, row := range outputs {
		for _, v := range row {
			if numbers.Finite(v) {
				low, high = math.Min(low, v), math.Max(high, v)
			}
		}
	}
	figures := Pictures(images, nil)
	for i, row := range outputs {
		c := Bars(numbered(names, len(row)), row).Labelled("output", "")
		if high > low {
			c.Y.Min, c.Y.Max = low, high
		}
		figures[i] = Grid(2, figures[i], c)
	}
	return figures
}

// numbered returns names, or the first n numbers if there are none.
func numbered(names []string, n int) []string {
	if names != nil {
		return names
	}
	names = make([]string, n)
	for i := range names {
		names[i] = strconv.Itoa(i)
	}
	return names
}
