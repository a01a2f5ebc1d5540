package plotting

import (
	"math"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// A Figure is anything that Show and Save can draw: a *Chart, a *Layout, or a
// bare *plot.Plot.
//
// A Figure with a method Size() (width, height vg.Length) is drawn at that
// size, any other at 5.5 × 3.5 inches.
type Figure interface {
	Draw(draw.Canvas)
}

// A Chart is one plot together with its natural size. Everything that can be
// set on a *plot.Plot can be set on it:
//
//	c := plotting.Bias(b)
//	c.Title.Text = "bias per generator"
//	c.Y.Max = 0.1
//	c.Width = 7 * vg.Inch
//
// To turn any other *plot.Plot into a Chart write &Chart{Plot: p}.
type Chart struct {
	*plot.Plot

	// Width and Height are the size of the whole picture, axes and
	// title included. Zero means 5.5 and 3.5 inches.
	Width, Height vg.Length

	// equal makes one unit of x as long as one unit of y.
	equal bool

	notes *notes // above the data area; nil if there are none
	key   *key   // beside the data area; nil for none
	shows string // what is drawn, for readers who cannot see it, if labels and key do not say it
}

// Titled sets the title and returns c, for use inside an expression.
func (c *Chart) Titled(title string) *Chart {
	c.Title.Text = title
	return c
}

// Labelled sets the labels of the two axes and returns c, for use inside an
// expression. An empty label removes the current one.
func (c *Chart) Labelled(x, y string) *Chart {
	c.X.Label.Text, c.Y.Label.Text = x, y
	return c
}

// Size returns the natural size of the chart.
func (c *Chart) Size() (width, height vg.Length) {
	return orDefault(c.Width, chartWidth), orDefault(c.Height, chartHeight)
}

func orDefault(l, def vg.Length) vg.Length {
	if l <= 0 {
		return def
	}
	return l
}

// Draw draws the chart on dc. Charts of the plane and of matrices keep one
// unit of x as long as one unit of y and are centred on dc. Tick labels that
// would overlap are turned or left out.
func (c *Chart) Draw(dc draw.Canvas) {
	dc = draw.Crop(dc, chartMargin, -chartMargin, chartMargin, -chartMargin)
	p := *c.Plot
	p.X, p.Y = drawable(p.X), drawable(p.Y)
	if c.equal {
		dc = equalised(&p, dc)
	}
	if c.key != nil {
		c.key.fit(p.DataCanvas(dc).Max.Y-dc.Min.Y, dc.Size().X/2)
	}
	makeLegible(&p, dc)
	if _, log := p.Y.Scale.(logScale); log && p.Y.Label.Text != "" {
		drawLogLabelled(&p, dc)
		return
	}
	p.Draw(dc)
}

// drawLogLabelled draws p and the label of its logarithmic y axis. plot.Plot
// centres the label at the arithmetic mean of the ends, which on a
// logarithmic axis is near the top, and leaves a gap above the data for it.
func drawLogLabelled(p *plot.Plot, dc draw.Canvas) {
	label := p.Y.Label
	p.Y.Label.Text = ""
	sty := label.TextStyle
	sty.Rotation += math.Pi / 2
	height := sty.Height(label.Text)
	inner := draw.Crop(dc, height+label.Padding, 0, 0, 0)
	data := p.DataCanvas(inner)
	at := vg.Point{X: dc.Min.X + height - sty.FontExtents().Descent, Y: data.Center().Y}
	p.Draw(inner)
	dc.FillText(sty, at, label.Text)
}

// equalised crops dc so that the data area of p gets the proportions of its
// axes. The space around the data area hardly depends on its size, so a few
// iterations converge.
func equalised(p *plot.Plot, dc draw.Canvas) draw.Canvas {
	const most = 1e4                                                     // beyond this hardly a line would be left
	want := vg.Length((p.X.Max/4 - p.X.Min/4) / (p.Y.Max/4 - p.Y.Min/4)) // the lengths may overflow
	if !(want > 1/most && want < most) {
		return dc
	}
	for range 4 {
		size := p.DataCanvas(dc).Size()
		if spare := (size.X - size.Y*want) / 2; spare > 0 {
			dc = draw.Crop(dc, spare, -spare, 0, 0)
		} else if spare := (size.Y - size.X/want) / 2; spare > 0 {
			dc = draw.Crop(dc, 0, 0, spare, -spare)
		}
	}
	return dc
}

// sizeOf returns the natural size of any Figure.
func sizeOf(f Figure) (width, height vg.Length) {
	if s, ok := f.(interface{ Size() (w, h vg.Length) }); ok {
		return s.Size()
	}
	return chartWidth, chartHeight
}
