// Package readings tells the values of a chart to readers who point at them.
package readings

import (
	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgimg"
)

// Reading is a value that a chart shows, for readers who point at it.
type Reading struct {
	X, Y   float64 // where it is drawn, in the units of the axes
	Series string  // may be empty
	At     string  // name or number of its place along the axis
	Value  string
}

// Readings are the values of a chart. They are a plot.Plotter that draws
// nothing, but tells a page where they are.
type Readings []Reading

// page is a canvas that collects the values of the charts on it.
type page struct {
	vg.CanvasSizer
	values []Placed
}

// Placed is a value with its place on a page, as fractions of its width and
// height from the upper left corner.
type Placed struct {
	X, Y float64
	Text string
}

// Plot implements plot.Plotter.
func (r Readings) Plot(c draw.Canvas, p *plot.Plot) {
	on := pageOf(c)
	if on == nil {
		return
	}
	width, height := on.Size()
	trX, trY := p.Transforms(&c)
	for _, one := range r {
		at := vg.Point{X: trX(one.X), Y: trY(one.Y)}
		if inside := at.X >= c.Min.X-1 && at.X <= c.Max.X+1 && at.Y >= c.Min.Y-1 && at.Y <= c.Max.Y+1; inside {
			on.values = append(on.values, Placed{float64(at.X / width), 1 - float64(at.Y/height), one.text(p.X.Label.Text)})
		}
	}
}

// pageOf returns the page of a canvas, which may be a part of a part of it, or
// nil.
func pageOf(c vg.Canvas) *page {
	for {
		switch within := c.(type) {
		case *page:
			return within
		case draw.Canvas:
			c = within.Canvas
		case *draw.Canvas:
			c = within.Canvas
		default:
			return nil
		}
	}
}

func (r Reading) text(axis string) string {
	text := r.At + ": " + r.Value
	if axis != "" && r.At != "" && r.At[0] <= '9' { // a number
		text = axis + " " + text
	}
	if r.Series != "" {
		text = r.Series + ", " + text
	}
	return text
}

// Of returns the values that the charts of a figure of the given size show.
func Of(figure interface{ Draw(draw.Canvas) }, width, height vg.Length) []Placed {
	const coarse = 8 // dots per inch, since nobody sees it
	on := &page{CanvasSizer: vgimg.NewWith(vgimg.UseWH(width, height), vgimg.UseDPI(coarse))}
	figure.Draw(draw.New(on))
	return on.values
}
