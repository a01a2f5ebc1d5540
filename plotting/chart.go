package plotting

import (
	"image/color"
	"math"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"github.com/liegg/lab/plotting/internal/annotation"
	"github.com/liegg/lab/plotting/internal/axes"
	"github.com/liegg/lab/plotting/internal/look"
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

	notes *annotation.Notes // above the data area; nil if there are none
	key   *annotation.Key   // beside the data area; nil for none
	shows string            // what is drawn, for readers who cannot see it, if labels and key do not say it
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
	return orDefault(c.Width, look.ChartWidth), orDefault(c.Height, look.ChartHeight)
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
	dc = draw.Crop(dc, look.ChartMargin, -look.ChartMargin, look.ChartMargin, -look.ChartMargin)
	p := *c.Plot
	p.X, p.Y = axes.Drawable(p.X), axes.Drawable(p.Y)
	if c.equal {
		dc = equalised(&p, dc)
	}
	if c.key != nil {
		c.key.Fit(p.DataCanvas(dc).Max.Y-dc.Min.Y, dc.Size().X/2)
	}
	axes.Legible(&p, dc)
	if _, log := p.Y.Scale.(axes.LogScale); log && p.Y.Label.Text != "" {
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
	return look.ChartWidth, look.ChartHeight
}

// newChart returns an empty chart in the common style.
func newChart(width, height vg.Length) *Chart {
	p := plot.New()
	look.Restyle(&p.Title.TextStyle, look.TitleSize)
	p.Title.Padding = vg.Points(5)
	for _, a := range []*plot.Axis{&p.X, &p.Y} {
		look.Restyle(&a.Label.TextStyle, look.LabelSize)
		look.Restyle(&a.Tick.Label, look.TickSize)
		a.Label.Padding = vg.Points(3)
		a.LineStyle = look.Rule(look.Ink)
		a.Tick.LineStyle = look.Rule(look.Ink)
		a.Tick.Length = vg.Points(4)
		a.Tick.Marker = axes.EvenTicks{}
		a.Scale = axes.LinearScale{}
	}
	p.Legend.TextStyle = look.Text(look.TickSize, look.Ink)
	return &Chart{Plot: p, Width: width, Height: height}
}

// addKey adds a key to the chart, and widens the chart if the key has many
// columns.
func (c *Chart) addKey(k *annotation.Key) {
	_, height := c.Size()
	k.Columns = k.Filled(look.TickSize, vg.Length(len(k.Entries))*height, len(k.Entries)) // a single one
	single := k.Width()
	k.Fit(0.8*height, look.PageWidth/2)
	c.Width = max(c.Width, min(look.PageWidth, c.Width+k.Width()-single))
	c.key = k
	c.Add(k)
}

// warn adds a line in the warning colour above the data area.
func (c *Chart) warn(line string) { c.note(line, look.Warning) }

// remark adds a line in the colour of the axes above the data area.
func (c *Chart) remark(line string) { c.note(line, look.Ink) }

func (c *Chart) note(line string, col color.Color) {
	if line == "" {
		return
	}
	if c.notes == nil {
		c.notes = &annotation.Notes{}
		c.Add(c.notes)
	}
	c.notes.Lines = append(c.notes.Lines, annotation.Note{Text: line, Color: col})
}

// String returns the title and the size of the chart, and how to show it.
func (c *Chart) String() string {
	title := ""
	if c.Plot != nil {
		title = c.Title.Text
	}
	return drawn("chart", title, c)
}
