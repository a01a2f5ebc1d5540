package plotting

import (
	"fmt"
	"image/color"
	"math"
	"strconv"
	"strings"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/plot/palette"
	"gonum.org/v1/plot/vg"

	"github.com/liegg/lab/plotting/internal/axes"
	"github.com/liegg/lab/plotting/internal/colours"
	"github.com/liegg/lab/plotting/internal/numbers"
)

// Table draws positive values over two quantities that were varied, such as
// the symmetry bias over width and depth. Each cell carries its number, row 1
// on top, coloured from dark for the smallest to light for the largest on a
// logarithmic scale. rows and columns are the labels.
//
// NaN, infinite values and those ≤ 0 become grey crossed cells, and a line
// above the chart counts them. Table panics if m is nil or has no entries, or
// if its dimensions are not the numbers of labels.
func Table(rows, columns []string, m mat.Matrix) *Chart {
	r, c := dims("Table", m)
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
	chart.addCells(cells{m: places, colors: logColors{colours.Sequential(low, high)}, numbers: true, label: twoDigits})
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

// logColors colours a value by its decimal logarithm.
type logColors struct{ palette.ColorMap }

// At implements palette.ColorMap, and so do Min and Max.
func (l logColors) At(v float64) (color.Color, error) {
	log := math.Log10(v) // clamped again, because 10^log rounds
	return l.ColorMap.At(math.Max(l.ColorMap.Min(), math.Min(l.ColorMap.Max(), log)))
}
func (l logColors) Min() float64 { return math.Pow(10, l.ColorMap.Min()) }
func (l logColors) Max() float64 { return math.Pow(10, l.ColorMap.Max()) }
