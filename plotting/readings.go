package plotting

import (
	"fmt"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgimg"

	"github.com/liegg/lab/plotting/internal/numbers"
)

// A reading is a value that a chart shows, for readers who point at it.
type reading struct {
	x, y   float64 // where it is drawn, in the units of the axes
	series string  // may be empty
	at     string  // name or number of its place along the axis
	value  string
}

// readings are the values of a chart. They are a plot.Plotter that draws
// nothing, but tells a page where they are.
type readings []reading

// page is a canvas that collects the values of the charts on it.
type page struct {
	vg.CanvasSizer
	values []placed
}

// placed is a value with its place on a page, as fractions of its width and
// height from the upper left corner.
type placed struct {
	x, y float64
	text string
}

// Plot implements plot.Plotter.
func (r readings) Plot(c draw.Canvas, p *plot.Plot) {
	on := pageOf(c)
	if on == nil {
		return
	}
	width, height := on.Size()
	trX, trY := p.Transforms(&c)
	for _, one := range r {
		at := vg.Point{X: trX(one.x), Y: trY(one.y)}
		if inside := at.X >= c.Min.X-1 && at.X <= c.Max.X+1 && at.Y >= c.Min.Y-1 && at.Y <= c.Max.Y+1; inside {
			on.values = append(on.values, placed{float64(at.X / width), 1 - float64(at.Y/height), one.text(p.X.Label.Text)})
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

func (r reading) text(axis string) string {
	text := r.at + ": " + r.value
	if axis != "" && r.at != "" && r.at[0] <= '9' { // a number
		text = axis + " " + text
	}
	if r.series != "" {
		text = r.series + ", " + text
	}
	return text
}

// valuesOf returns the values that the charts of a figure show.
func valuesOf(f Figure) []placed {
	const coarse = 8 // dots per inch, since nobody sees it
	width, height := sizeOf(f)
	on := &page{CanvasSizer: vgimg.NewWith(vgimg.UseWH(width, height), vgimg.UseDPI(coarse))}
	f.Draw(draw.New(on))
	return on.values
}

// mostReadings is the number of values of a series that can be pointed at.
const mostReadings = 100

// addReadings lets readers point at values of a series, at most a hundred of
// them, where they are drawn. names are the places along the axis; nil means
// the numbers of the series.
func (c *Chart) addReadings(drawn, s Series, names []string) {
	var r readings
	every := 1 + (len(s.Y)-1)/mostReadings
	for i := 0; i < len(s.Y); i += every {
		if !numbers.Finite(s.Y[i]) || !numbers.Finite(drawn.x(i)) || !numbers.Finite(drawn.Y[i]) {
			continue
		}
		at := fmt.Sprintf("%.5g", s.x(i))
		if names != nil {
			at = names[i]
		}
		r = append(r, reading{drawn.x(i), drawn.Y[i], s.Name, at, s.reading(i)})
	}
	c.Add(r)
}

// readable lets readers point at the values of series that are drawn where
// they are.
func (c *Chart) readable(series []Series) *Chart {
	for _, s := range series {
		c.addReadings(s, s, nil)
	}
	return c
}

// reading writes value i with its interval.
func (s Series) reading(i int) string {
	text := fmt.Sprintf("%.3g", s.Y[i])
	if len(s.Lower) > i && numbers.Finite(s.Lower[i]) && numbers.Finite(s.Upper[i]) && !(s.Lower[i] == 0 && s.Upper[i] == 0) {
		text += fmt.Sprintf(" (%.3g … %.3g)", s.Lower[i], s.Upper[i])
	}
	return text
}
