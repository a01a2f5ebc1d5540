package plotting

import (
	"image/color"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// bar is a horizontal bar, or a whisker if its height is 0.
type bar struct {
	from, to, y float64
	half        vg.Length
	fill        color.Color
}

func newBar(from, to, y float64, half vg.Length) bar {
	fill := seriesColor(0)
	fill.A = 0x60
	return bar{from, to, y, half, fill}
}

// Plot implements plot.Plotter.
func (b bar) Plot(c draw.Canvas, p *plot.Plot) {
	trX, trY := p.Transforms(&c)
	from, to, y := trX(b.from), trX(b.to), trY(b.y)
	if b.half == 0 {
		line := rule(ink)
		line.Width = vg.Points(1.2)
		c.StrokeLine2(line, from, y, to, y)
		for _, x := range []vg.Length{from, to} {
			c.StrokeLine2(line, x, y-vg.Points(2), x, y+vg.Points(2))
		}
		return
	}
	c.FillPolygon(b.fill, []vg.Point{{X: from, Y: y - b.half}, {X: to, Y: y - b.half}, {X: to, Y: y + b.half}, {X: from, Y: y + b.half}})
}

// words is a note to the right of a point.
type words struct {
	text string
	x, y float64
}

// Plot implements plot.Plotter.
func (w words) Plot(c draw.Canvas, p *plot.Plot) {
	trX, trY := p.Transforms(&c)
	sty := textStyle(noteSize, ink)
	sty.YAlign = draw.YCenter
	c.FillText(sty, vg.Point{X: trX(w.x) + vg.Points(4), Y: trY(w.y)}, w.text)
}
