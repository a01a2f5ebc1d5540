package plotting

import (
	"image"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/palette"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// colorBar explains a colour map to the right of the data area, from bottom
// to top. plotter.ColorBar needs a plot of its own; this one is always
// aligned with the data area.
type colorBar struct{ colors palette.ColorMap }

const (
	barGap   = vg.Length(8)
	barWidth = vg.Length(9)
	barTick  = vg.Length(3)
)

// Plot implements plot.Plotter.
func (b colorBar) Plot(c draw.Canvas, _ *plot.Plot) {
	bar := vg.Rectangle{
		Min: vg.Point{X: c.Max.X + barGap, Y: c.Min.Y},
		Max: vg.Point{X: c.Max.X + barGap + barWidth, Y: c.Max.Y},
	}
	c.DrawImage(bar, b.image())
	c.SetLineStyle(rule(ink))
	c.Stroke(bar.Path())
	sty := textStyle(noteSize, ink)
	sty.YAlign = draw.YCenter
	last := c.Min.Y - noteSize
	for _, t := range b.ticks() {
		at := vg.Point{X: bar.Max.X, Y: c.Y(linearScale{}.Normalize(b.colors.Min(), b.colors.Max(), t.Value))}
		c.StrokeLine2(rule(ink), at.X, at.Y, at.X+barTick, at.Y)
		if at.Y-last < noteSize {
			continue // no room for the label
		}
		last = at.Y
		at.X += barTick + 2
		at.Y += sty.FontExtents().Descent / 2
		c.FillText(sty, at, t.Label)
	}
}

// image returns the colours, one pixel wide and fine enough to look
// continuous in print.
func (b colorBar) image() image.Image {
	const steps = 255 // odd, so that one step has the colour of the middle
	img := image.NewNRGBA(image.Rect(0, 0, 1, steps))
	for i := range steps {
		v := between(b.colors.Min(), b.colors.Max(), float64(i)/(steps-1))
		img.Set(0, steps-1-i, colorOf(b.colors, v))
	}
	return img
}

func (b colorBar) ticks() []plot.Tick {
	return evenTicks{}.Ticks(b.colors.Min(), b.colors.Max())
}

// GlyphBoxes implements plot.GlyphBoxer.
func (b colorBar) GlyphBoxes(*plot.Plot) []plot.GlyphBox {
	var widest vg.Length
	sty := textStyle(noteSize, ink)
	for _, t := range b.ticks() {
		widest = max(widest, sty.Width(t.Label))
	}
	room := vg.Rectangle{Max: vg.Point{X: barGap + barWidth + barTick + 4 + widest}}
	return []plot.GlyphBox{{X: 1, Rectangle: room}}
}
