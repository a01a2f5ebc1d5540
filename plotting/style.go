package plotting

import (
	"image/color"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// Natural sizes. A notebook column is about nine inches wide at 96 dots per
// inch; a chart leaves room for a second one.
const (
	chartWidth  = 5.5 * vg.Inch
	chartHeight = 3.5 * vg.Inch
	mapWidth    = 3.2 * vg.Inch
	mapHeight   = 3.0 * vg.Inch
	pageWidth   = 9.0 * vg.Inch
	chartMargin = 0.06 * vg.Inch
)

// Sizes of text and widths of lines, in points.
const (
	titleSize  = 11
	labelSize  = 10
	tickSize   = 9
	noteSize   = 8
	curveWidth = 1.5
	ruleWidth  = 0.6
)

var (
	black    = color.NRGBA{A: 0xff}
	white    = color.NRGBA{R: 0xff, G: 0xff, B: 0xff, A: 0xff}
	ink      = color.NRGBA{R: 0x33, G: 0x33, B: 0x33, A: 0xff}
	gridGrey = color.NRGBA{R: 0xe4, G: 0xe4, B: 0xe4, A: 0xff}
	bandGrey = color.NRGBA{R: 0xee, G: 0xee, B: 0xee, A: 0xff}
	missing  = color.NRGBA{R: 0xb8, G: 0xb8, B: 0xb8, A: 0xff}
	warning  = color.NRGBA{R: 0xc4, G: 0x3c, B: 0x00, A: 0xff}
)

// seriesColors are the colours of Okabe and Ito (2008), "Color Universal
// Design", without yellow, which is too faint on white. There are seven of
// them and five markers, so that 35 series pass before a pair repeats.
var seriesColors = []color.NRGBA{
	{R: 0x00, G: 0x72, B: 0xb2, A: 0xff}, // blue
	{R: 0xd5, G: 0x5e, B: 0x00, A: 0xff}, // vermilion
	{R: 0x00, G: 0x9e, B: 0x73, A: 0xff}, // bluish green
	{R: 0xcc, G: 0x79, B: 0xa7, A: 0xff}, // reddish purple
	{R: 0xe6, G: 0x9f, B: 0x00, A: 0xff}, // orange
	{R: 0x56, G: 0xb4, B: 0xe9, A: 0xff}, // sky blue
	{R: 0x00, G: 0x00, B: 0x00, A: 0xff}, // black
}

var seriesDashes = [][]vg.Length{
	nil,
	{vg.Points(5), vg.Points(2.5)},
	{vg.Points(1.5), vg.Points(2)},
	{vg.Points(6), vg.Points(2), vg.Points(1.5), vg.Points(2)},
}

func seriesColor(i int) color.NRGBA { return seriesColors[i%len(seriesColors)] }
func seriesDash(i int) []vg.Length  { return seriesDashes[i%len(seriesDashes)] }
func rule(c color.Color) draw.LineStyle {
	return draw.LineStyle{Color: c, Width: vg.Points(ruleWidth)}
}

// textStyle returns the sans-serif face at size points.
func textStyle(size float64, c color.Color) text.Style {
	return text.Style{
		Color:   c,
		Font:    font.From(font.Font{Typeface: "Liberation", Variant: "Sans"}, vg.Points(size)),
		Handler: newSpeller(),
	}
}

// restyle sets face, size, colour and spelling of s, and keeps its alignment.
func restyle(s *text.Style, size float64) {
	new := textStyle(size, ink)
	s.Font, s.Color, s.Handler = new.Font, new.Color, new.Handler
}

// newChart returns an empty chart in the common style.
func newChart(width, height vg.Length) *Chart {
	p := plot.New()
	restyle(&p.Title.TextStyle, titleSize)
	p.Title.Padding = vg.Points(5)
	for _, a := range []*plot.Axis{&p.X, &p.Y} {
		restyle(&a.Label.TextStyle, labelSize)
		restyle(&a.Tick.Label, tickSize)
		a.Label.Padding = vg.Points(3)
		a.LineStyle = rule(ink)
		a.Tick.LineStyle = rule(ink)
		a.Tick.Length = vg.Points(4)
		a.Tick.Marker = evenTicks{}
		a.Scale = linearScale{}
	}
	p.Legend.TextStyle = textStyle(tickSize, ink)
	return &Chart{Plot: p, Width: width, Height: height}
}

// newGrid returns the light grey lines behind the data.
func newGrid() *plotter.Grid {
	g := plotter.NewGrid()
	g.Horizontal, g.Vertical = rule(gridGrey), rule(gridGrey)
	return g
}
