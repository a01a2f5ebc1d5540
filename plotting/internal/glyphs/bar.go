package glyphs

import (
	"image/color"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"github.com/liegg/lab/plotting/internal/look"
)

// Bar is a horizontal bar, or a whisker if its height is 0.
type Bar struct {
	From, To, Y float64
	half        vg.Length
	fill        color.Color
}

func NewBar(from, to, y float64, half vg.Length) Bar {
	fill := look.SeriesColor(0)
	fill.A = 0x60
	return Bar{from, to, y, half, fill}
}

// Plot implements plot.Plotter.
func (b Bar) Plot(c draw.Canvas, p *plot.Plot) {
	trX, trY := p.Transforms(&c)
	from, to, y := trX(b.From), trX(b.To), trY(b.Y)
	if b.half == 0 {
		line := look.Rule(look.Ink)
		line.Width = vg.Points(1.2)
		c.StrokeLine2(line, from, y, to, y)
		for _, x := range []vg.Length{from, to} {
			c.StrokeLine2(line, x, y-vg.Points(2), x, y+vg.Points(2))
		}
		return
	}
	c.FillPolygon(b.fill, []vg.Point{{X: from, Y: y - b.half}, {X: to, Y: y - b.half}, {X: to, Y: y + b.half}, {X: from, Y: y + b.half}})
}

// Words is a note to the right of a point.
type Words struct {
	Text string
	X, Y float64
}

// Plot implements plot.Plotter.
func (w Words) Plot(c draw.Canvas, p *plot.Plot) {
	trX, trY := p.Transforms(&c)
	sty := look.Text(look.NoteSize, look.Ink)
	sty.YAlign = draw.YCenter
	c.FillText(sty, vg.Point{X: trX(w.X) + vg.Points(4), Y: trY(w.Y)}, w.Text)
}
