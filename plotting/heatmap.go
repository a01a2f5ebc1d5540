package plotting

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"

	"github.com/liegg/lab/plotting/internal/annotation"
	"github.com/liegg/lab/plotting/internal/axes"
	"github.com/liegg/lab/plotting/internal/cells"
	"github.com/liegg/lab/plotting/internal/colours"
	"github.com/liegg/lab/plotting/internal/look"
	"github.com/liegg/lab/plotting/internal/numbers"
)

// Cells tells Heatmap how to draw a matrix. The zero value takes the colour
// scale from the matrix and writes no numbers.
type Cells struct {
	// Numbers writes the value into each cell, with two digits. Matrices with
	// more than 20 columns have no space for them; a line above the chart
	// then says so.
	Numbers bool

	// Limit makes the colours run from -Limit to +Limit, so that several
	// heat-maps can share one scale. Zero means max |mᵢⱼ|. Values beyond the
	// limit take the colour of the end.
	Limit float64

	// NoBar leaves out the colour bar.
	NoBar bool
}

// Heatmap draws the entries of m, usually a generator, as coloured squares:
// row 1 on top, blue for negative, white for zero, red for positive, the
// scale symmetric about zero. An all-zero matrix is white throughout.
//
// NaN and infinite entries become grey crossed cells, and a line above the
// chart counts them. Heatmap panics if m is nil or has no entries, or if
// s.Limit is negative or not finite.
func Heatmap(m mat.Matrix, s Cells) *Chart {
	rows, cols := numbers.Dims("Heatmap", m)
	if !(s.Limit >= 0) || math.IsInf(s.Limit, 1) {
		panic(fmt.Sprintf("plotting: Heatmap: s.Limit is %v, want a finite number ≥ 0", s.Limit))
	}
	low, high, bad := numbers.FiniteRange(rows, cols, m.At)
	largest := 0.0 // zero if no entry is finite
	if low <= high {
		largest = math.Max(-low, high)
	}
	if s.Limit > 0 {
		largest = s.Limit
	}
	colors := colours.Diverging(largest)
	c := newMatrixChart(rows, cols, s.Numbers)
	c.addCells(cells.Matrix{M: m, Colors: colors, Numbers: s.Numbers && cols <= maxNumbered})
	if !s.NoBar {
		c.Add(annotation.ColorBar{Colors: colors})
	}
	if bad > 0 {
		c.warn(numbers.Count(bad, "cell") + " NaN or infinite (×)")
	}
	if s.Numbers && cols > maxNumbered {
		c.remark("no numbers: too many columns")
	}
	return c
}

// addCells adds the entries of a matrix, and says what they are.
func (c *Chart) addCells(h cells.Matrix) {
	c.Add(h)
	rows, cols := h.M.Dims()
	c.shows = fmt.Sprintf("table of %d × %d values", rows, cols)
	if low, high, _ := numbers.FiniteRange(rows, cols, h.M.At); low <= high {
		c.shows += fmt.Sprintf(" from %.2g to %.2g", low, high)
	}
}

const maxNumbered = 20 // columns

// newMatrixChart returns a chart with rows counted downwards and columns to the
// right, both from 1, sized for square cells.
func newMatrixChart(rows, cols int, numbers bool) *Chart {
	const margin = 0.9 * vg.Inch // for the axes and colour bar
	side := (look.MapWidth - margin) / vg.Length(max(rows, cols))
	if numbers && cols <= maxNumbered {
		side = max(side, 0.38*vg.Inch)
	}
	c := newChart(side*vg.Length(cols)+margin, side*vg.Length(rows)+0.7*vg.Inch)
	c.Width, c.Height = max(c.Width, 1.8*vg.Inch), max(c.Height, 1.2*vg.Inch)
	c.equal = true
	c.X.Min, c.X.Max = 0.5, float64(cols)+0.5
	c.Y.Min, c.Y.Max = 0.5, float64(rows)+0.5
	c.Y.Scale = plot.InvertedScale{Normalizer: axes.LinearScale{}}
	for _, a := range []*plot.Axis{&c.X, &c.Y} {
		a.Tick.Marker = axes.IndexTicks{}
		a.Tick.LineStyle.Width, a.Tick.Length = 0, 0
		a.LineStyle.Width, a.Padding = 0, vg.Points(2)
	}
	return c
}

// Table draws positive values over two quantities that were varied, such as
// the symmetry bias over width and depth. Each cell carries its number, row 1
// on top, coloured from dark for the smallest to light for the largest on a
// logarithmic scale. rows and columns are the labels.
//
// NaN, infinite values and those ≤ 0 become grey crossed cells, and a line
// above the chart counts them. Table panics if m is nil or has no entries, or
// if its dimensions are not the numbers of labels.
func Table(rows, columns []string, m mat.Matrix) *Chart {
	r, c := numbers.Dims("Table", m)
	if r != len(rows) || c != len(columns) {
		panic(fmt.Sprintf("plotting: Table: m is %d×%d with %d labels of rows and %d of columns", r, c, len(rows), len(columns)))
	}
	places := mat.NewDense(r, c, nil)
	places.Apply(func(i, j int, v float64) float64 { return positiveOrNaN(v) }, m)
	logs := mat.NewDense(r, c, nil)
	logs.Apply(func(i, j int, v float64) float64 { return math.Log10(v) }, places)
	low, high, bad := numbers.FiniteRange(r, c, logs.At)
	if low > high {
		low, high = 0, 1
	}
	chart := newMatrixChart(r, c, true)
	chart.Width = max(chart.Width, .55*vg.Inch*vg.Length(c)+1.1*vg.Inch)
	chart.Height += axes.NameTicks(columns).UprightHeight((chart.Width - 1.1*vg.Inch) / vg.Length(c))
	chart.equal = false
	chart.X.Tick.Marker, chart.Y.Tick.Marker = axes.NameTicks(columns), axes.NameTicks(rows)
	chart.addCells(cells.Matrix{M: places, Colors: colours.Log{ColorMap: colours.Sequential(low, high)}, Numbers: true, Label: twoDigits})
	if bad > 0 {
		chart.warn(numbers.Count(bad, "cell") + " NaN, infinite, or ≤ 0 (×)")
	}
	return chart
}

// twoDigits writes v with two digits: ".012", "3.5", "1.2e-5".
func twoDigits(v float64) string {
	text := axes.ShortExponent(strconv.FormatFloat(v, 'g', 2, 64))
	return strings.TrimPrefix(text, "0")
}

// positiveOrNaN returns v if it is positive, and NaN otherwise.
func positiveOrNaN(v float64) float64 {
	if numbers.Finite(v) && v > 0 {
		return v
	}
	return math.NaN()
}
