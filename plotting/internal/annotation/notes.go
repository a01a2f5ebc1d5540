package annotation

import (
	"image/color"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"github.com/liegg/lab/plotting/internal/look"
)

// Everything beside the data area is a plot.Plotter that reserves its space
// with a GlyphBox on the edge of the data. It never covers data, and it is
// kept when the bare *plot.Plot is passed on.

// Notes are lines of text above the data area.
type Notes struct{ Lines []Note }

// Note is one line with its colour.
type Note struct {
	Text  string
	Color color.Color
}

const noteGap = vg.Length(3)

// Plot implements plot.Plotter: the last line is the lowest.
func (n *Notes) Plot(c draw.Canvas, _ *plot.Plot) {
	at := vg.Point{X: c.Min.X, Y: c.Max.Y}
	for i := len(n.Lines) - 1; i >= 0; i-- {
		sty := look.Text(look.NoteSize, n.Lines[i].Color)
		at.Y += noteGap
		c.FillText(sty, vg.Point{X: at.X, Y: at.Y - sty.Rectangle(n.Lines[i].Text).Min.Y}, n.Lines[i].Text)
		at.Y += sty.Height(n.Lines[i].Text)
	}
}

// GlyphBoxes implements plot.GlyphBoxer.
func (n *Notes) GlyphBoxes(*plot.Plot) []plot.GlyphBox {
	height := noteGap
	for _, l := range n.Lines {
		height += noteGap + look.Text(look.NoteSize, l.Color).Height(l.Text)
	}
	return []plot.GlyphBox{{Y: 1, Rectangle: vg.Rectangle{Max: vg.Point{Y: height}}}}
}
