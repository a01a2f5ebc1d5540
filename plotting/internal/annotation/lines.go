package annotation

import (
	"fmt"
	"image/color"
	"math"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"github.com/liegg/lab/plotting/internal/look"
)

// Threshold is a horizontal line from edge to edge with a label at its left end.
type Threshold struct {
	Y     float64
	Label string
}

// Plot implements plot.Plotter.
func (t Threshold) Plot(c draw.Canvas, p *plot.Plot) {
	_, trY := p.Transforms(&c)
	y := trY(t.Y)
	line := look.Rule(look.Ink)
	line.Width, line.Dashes = vg.Points(0.9), look.SeriesDash(1)
	c.StrokeLine2(line, c.Min.X, y, c.Max.X, y)
	c.FillText(look.Text(look.NoteSize, look.Ink), vg.Point{X: c.Min.X + 2, Y: y + 3}, t.Label)
}

// DataRange implements plot.DataRanger: the line needs no space in x.
func (t Threshold) DataRange() (xmin, xmax, ymin, ymax float64) {
	return math.Inf(1), math.Inf(-1), t.Y, t.Y
}

// Cutoff is the line below which values count. Its text is to the right of
// the data area, where it covers no value.
type Cutoff struct{ Y float64 }

const cutoffRoom = vg.Length(4) // between the data area and the text

// words returns the text above the line and the text below it.
func (t Cutoff) words() (above, below string) {
	return fmt.Sprintf("ρ ≤ %.2g", t.Y), "counts as\nsymmetry"
}

// Plot implements plot.Plotter.
func (t Cutoff) Plot(c draw.Canvas, p *plot.Plot) {
	_, trY := p.Transforms(&c)
	y := trY(t.Y)
	line := look.Rule(look.Ink)
	line.Width, line.Dashes = vg.Points(0.9), look.SeriesDash(1)
	c.StrokeLine2(line, c.Min.X, y, c.Max.X, y)
	above, below := t.words()
	sty := look.Text(look.NoteSize, look.Ink)
	c.FillText(sty, vg.Point{X: c.Max.X + cutoffRoom, Y: y + 2}, above)
	sty.YAlign = draw.YTop
	c.FillText(sty, vg.Point{X: c.Max.X + cutoffRoom, Y: y - 2}, below)
}

// GlyphBoxes implements plot.GlyphBoxer.
func (t Cutoff) GlyphBoxes(*plot.Plot) []plot.GlyphBox {
	above, below := t.words()
	sty := look.Text(look.NoteSize, look.Ink)
	width := cutoffRoom + max(sty.Width(above), sty.Width(below))
	return []plot.GlyphBox{{X: 1, Rectangle: vg.Rectangle{Max: vg.Point{X: width}}}}
}

// Upright is a line at x from the bottom to the top of a chart whose values run along x, with words
// above, if there are some.
type Upright struct {
	X     float64
	Words string
}

// Plot implements plot.Plotter.
func (t Upright) Plot(c draw.Canvas, p *plot.Plot) {
	trX, _ := p.Transforms(&c)
	line := look.Rule(look.Ink)
	line.Width, line.Dashes = vg.Points(0.9), look.SeriesDash(1)
	c.StrokeLine2(line, trX(t.X), c.Min.Y, trX(t.X), c.Max.Y)
	if t.Words == "" {
		return
	}
	sty := look.Text(look.NoteSize, look.Ink)
	sty.XAlign = draw.XCenter
	c.FillText(sty, vg.Point{X: trX(t.X), Y: c.Max.Y + 2}, t.Words)
}

// GlyphBoxes implements plot.GlyphBoxer: it reserves space for the text.
func (t Upright) GlyphBoxes(*plot.Plot) []plot.GlyphBox {
	if t.Words == "" {
		return nil
	}
	height := look.Text(look.NoteSize, look.Ink).Height(t.Words) + 3
	return []plot.GlyphBox{{X: 0.5, Y: 1, Rectangle: vg.Rectangle{Max: vg.Point{Y: height}}}}
}

// Step is a rung of a ladder: the directions 1 … Size lie at or below Bound.
type Step struct {
	Size      int
	Bound     float64
	Name      string
	Threshold float64 // its line must not cross the name
}

// Plot implements plot.Plotter.
func (s Step) Plot(c draw.Canvas, p *plot.Plot) {
	trX, trY := p.Transforms(&c)
	y := trY(s.Bound)
	line := look.Rule(look.Ink)
	line.Width = vg.Points(1)
	c.StrokeLine2(line, c.Min.X, y, trX(float64(s.Size)+0.5), y)
	style, at := look.Text(look.NoteSize, look.Ink), vg.Point{X: c.Min.X + 3, Y: y + 3}
	if box := style.Rectangle(s.Name).Add(at); s.Threshold > 0 && box.Min.Y < trY(s.Threshold) && trY(s.Threshold) < box.Max.Y {
		c.FillPolygon(Backdrop, []vg.Point{box.Min, {X: box.Max.X, Y: box.Min.Y}, box.Max, {X: box.Min.X, Y: box.Max.Y}})
	}
	c.FillText(style, at, s.Name)
}

// Backdrop lies between a line and a name that it crosses.
var Backdrop = color.NRGBA{R: 255, G: 255, B: 255, A: 225}

// DataRange implements plot.DataRanger: the axis already holds the line.
func (s Step) DataRange() (xmin, xmax, ymin, ymax float64) {
	return math.Inf(1), math.Inf(-1), math.Inf(1), math.Inf(-1)
}
