package plotting

import (
	"math"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// A Figure is whatever Show and Save can draw: a *Chart, a *Layout, or a bare
// *plot.Plot.
//
// A Figure with a method Size() (width, height vg.Length) is drawn at that
// size, any other at 5.5 × 3.5 inches.
type Figure interface {
	Draw(draw.Canvas)
}

// A Chart is one plot together with its natural size. Everything that a
// *plot.Plot lets one set can be set on it:
//
//	c := plotting.Bias(b)
//	c.Title.Text = "bias per generator"
//	c.Y.Max = 0.1
//	c.Width = 7 * vg.Inch
//
// A *plot.Plot made elsewhere becomes a Chart as &Chart{Plot: p}.
type Chart struct {
	*plot.Plot

	// Width and Height are the size of the whole picture, axes and
	// title included. Zero means 5.5 and 3.5 inches.
	Width, Height vg.Length

	// equal asks for one unit of x to be as long as one unit of y.
	equal bool

	notes *notes // above the data area; nil until there are any
}

// Titled sets the title and returns c, for use inside an expression.
func (c *Chart) Titled(title string) *Chart {
	c.Title.Text = title
	return c
}

// Labelled sets the labels of the two axes and returns c, for use inside an
// expression. An empty label removes what was there.
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

// Draw draws the chart on dc. Charts of the plane and of matrices keep one unit
// of x as long as one unit of y and centre themselves on what room dc has.
func (c *Chart) Draw(dc draw.Canvas) {
	dc = draw.Crop(dc, chartMargin, -chartMargin, chartMargin, -chartMargin)
	if c.equal {
		dc = c.equalise(dc)
	}
	if _, log := c.Y.Scale.(logScale); log && c.Y.Label.Text != "" {
		c.drawLogLabelled(dc)
		return
	}
	c.Plot.Draw(dc)
}

// drawLogLabelled draws the chart and the label of its logarithmic y axis.
// plot.Plot takes the arithmetic mean of the ends for the middle of the axis and
// so leaves a gap above the data as if the label stood at the top.
func (c *Chart) drawLogLabelled(dc draw.Canvas) {
	p := *c.Plot
	p.Y.Label.Text = ""
	sty := c.Y.Label.TextStyle
	sty.Rotation += math.Pi / 2
	height := sty.Height(c.Y.Label.Text)
	inner := draw.Crop(dc, height+c.Y.Label.Padding, 0, 0, 0)
	data := p.DataCanvas(inner)
	at := vg.Point{X: dc.Min.X + height - sty.FontExtents().Descent, Y: data.Center().Y}
	p.Draw(inner)
	dc.FillText(sty, at, c.Y.Label.Text)
}

// equalise crops dc so that the data area gets the proportions of the axes.
// What surrounds the data area hardly depends on its size, so that few rounds
// settle it.
func (c *Chart) equalise(dc draw.Canvas) draw.Canvas {
	want := vg.Length((c.X.Max - c.X.Min) / (c.Y.Max - c.Y.Min))
	for range 4 {
		size := c.DataCanvas(dc).Size()
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
