package annotation

import (
	"image"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/palette"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"github.com/liegg/lab/plotting/internal/axes"
	"github.com/liegg/lab/plotting/internal/colours"
	"github.com/liegg/lab/plotting/internal/look"
)

// ColorBar explains a colour map to the right of the data area, from bottom
// to top. plotter.ColorBar needs a plot of its own; this one is always
// aligned with the data area.
type ColorBar struct{ Colors palette.ColorMap }

const (
	barGap   = vg.Length(8)
	barWidth = vg.Length(9)
	barTick  = vg.Length(3)
)

// Plot implements plot.Plotter.
func (b ColorBar) Plot(c draw.Canvas, _ *plot.Plot) {
	bar := vg.Rectangle{
		Min: vg.Point{X: c.Max.X + barGap, Y: c.Min.Y},
		Max: vg.Point{X: c.Max.X + barGap + barWidth, Y: c.Max.Y},
	}
	c.DrawImage(bar, b.image())
	c.SetLineStyle(look.Rule(look.Ink))
	c.Stroke(bar.Path())
	sty := look.Text(look.NoteSize, look.Ink)
	sty.YAlign = draw.YCenter
	last := c.Min.Y - look.NoteSize
	for _, t := range b.ticks() {
		at := vg.Point{X: bar.Max.X, Y: c.Y(axes.LinearScale{}.Normalize(b.Colors.Min(), b.Colors.Max(), t.Value))}
		c.StrokeLine2(look.Rule(look.Ink), at.X, at.Y, at.X+barTick, at.Y)
		if at.Y-last < look.NoteSize {
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
func (b ColorBar) image() image.Image {
	const steps = 255 // odd, so that one step has the colour of the middle
	img := image.NewNRGBA(image.Rect(0, 0, 1, steps))
	for i := range steps {
		v := colours.Between(b.Colors.Min(), b.Colors.Max(), float64(i)/(steps-1))
		img.Set(0, steps-1-i, colours.Of(b.Colors, v))
	}
	return img
}

func (b ColorBar) ticks() []plot.Tick {
	return axes.EvenTicks{}.Ticks(b.Colors.Min(), b.Colors.Max())
}

// GlyphBoxes implements plot.GlyphBoxer.
func (b ColorBar) GlyphBoxes(*plot.Plot) []plot.GlyphBox {
	var widest vg.Length
	sty := look.Text(look.NoteSize, look.Ink)
	for _, t := range b.ticks() {
		widest = max(widest, sty.Width(t.Label))
	}
	room := vg.Rectangle{Max: vg.Point{X: barGap + barWidth + barTick + 4 + widest}}
	return []plot.GlyphBox{{X: 1, Rectangle: room}}
}
