// Package look is the common style of all charts: sizes, colours, lines and text.
package look

import (
	"image/color"

	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// Natural sizes. A notebook column is about nine inches wide at 96 dots per
// inch; a chart leaves room for a second one.
const (
	ChartWidth  = 5.5 * vg.Inch
	ChartHeight = 3.5 * vg.Inch
	MapWidth    = 3.2 * vg.Inch
	MapHeight   = 3.0 * vg.Inch
	PageWidth   = 9.0 * vg.Inch
	ChartMargin = 0.06 * vg.Inch
)

// Sizes of text and widths of lines, in points.
const (
	TitleSize  = 11
	LabelSize  = 10
	TickSize   = 9
	NoteSize   = 8
	CurveWidth = 1.5
	ruleWidth  = 0.6
)

// Colours of axes, grids, bands, missing values and warnings.
var (
	Black    = color.NRGBA{A: 0xff}
	White    = color.NRGBA{R: 0xff, G: 0xff, B: 0xff, A: 0xff}
	Ink      = color.NRGBA{R: 0x33, G: 0x33, B: 0x33, A: 0xff}
	gridGrey = color.NRGBA{R: 0xe4, G: 0xe4, B: 0xe4, A: 0xff}
	BandGrey = color.NRGBA{R: 0xee, G: 0xee, B: 0xee, A: 0xff}
	Missing  = color.NRGBA{R: 0xb8, G: 0xb8, B: 0xb8, A: 0xff}
	Warning  = color.NRGBA{R: 0xc4, G: 0x3c, B: 0x00, A: 0xff}
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

// SeriesColor returns the colour of series i.
func SeriesColor(i int) color.NRGBA { return seriesColors[i%len(seriesColors)] }

// SeriesDash returns the dashes of the line of series i.
func SeriesDash(i int) []vg.Length { return seriesDashes[i%len(seriesDashes)] }

// Rule returns a thin line.
func Rule(c color.Color) draw.LineStyle {
	return draw.LineStyle{Color: c, Width: vg.Points(ruleWidth)}
}

// Grid returns the light grey lines behind the data.
func Grid() *plotter.Grid {
	g := plotter.NewGrid()
	g.Horizontal, g.Vertical = Rule(gridGrey), Rule(gridGrey)
	return g
}
