package plotting

import (
	"fmt"
	"image/color"
	"math"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"github.com/liegg/lab/plotting/internal/glyphs"
	"github.com/liegg/lab/plotting/internal/look"
)

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
// Intervals or those of Ladder differ in length.
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

// step is a rung of the ladder: the directions 1 … size lie at or below bound.
type step struct {
	size      int
	bound     float64
	name      string
	threshold float64 // whose line the name must not be struck through by
}

func stepsOf(sizes []int, bounds []float64, names []string) []step {
	if len(bounds) != len(sizes) || len(names) != len(sizes) {
		panic(fmt.Sprintf("plotting: Verdict: v.Ladder returns %d sizes, %d bounds and %d names", len(sizes), len(bounds), len(names)))
	}
	steps := make([]step, len(sizes))
	for i, size := range sizes {
		steps[i] = step{size: size, bound: bounds[i], name: names[i]}
		if names[i] == "" {
			steps[i].name = fmt.Sprintf("%d directions", size)
		}
	}
	return steps
}

// Plot implements plot.Plotter.
func (s step) Plot(c draw.Canvas, p *plot.Plot) {
	trX, trY := p.Transforms(&c)
	y := trY(s.bound)
	line := look.Rule(look.Ink)
	line.Width = vg.Points(1)
	c.StrokeLine2(line, c.Min.X, y, trX(float64(s.size)+0.5), y)
	style, at := look.Text(look.NoteSize, look.Ink), vg.Point{X: c.Min.X + 3, Y: y + 3}
	if box := style.Rectangle(s.name).Add(at); s.threshold > 0 && box.Min.Y < trY(s.threshold) && trY(s.threshold) < box.Max.Y {
		c.FillPolygon(backdrop, []vg.Point{box.Min, {X: box.Max.X, Y: box.Min.Y}, box.Max, {X: box.Min.X, Y: box.Max.Y}})
	}
	c.FillText(style, at, s.name)
}

// backdrop lies between a line and a name that it crosses.
var backdrop = color.NRGBA{R: 255, G: 255, B: 255, A: 225}

// DataRange implements plot.DataRanger: the axis already holds the line.
func (s step) DataRange() (xmin, xmax, ymin, ymax float64) {
	return math.Inf(1), math.Inf(-1), math.Inf(1), math.Inf(-1)
}
