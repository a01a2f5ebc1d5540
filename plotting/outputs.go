package plotting

import (
	"fmt"
	"math"
	"strconv"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/plot/vg"

	"github.com/liegg/lab/plotting/internal/axes"
	"github.com/liegg/lab/plotting/internal/numbers"
)

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
