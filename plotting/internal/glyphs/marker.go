// Package glyphs draws the marks, bars and words of single values.
package glyphs

import (
	"image/color"
	"math"

	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"github.com/liegg/lab/plotting/internal/look"
)

// A marker is a filled or hollow disc or regular polygon. The glyphs of
// gonum/plot are hollow or filled, but no shape comes in both.
type Marker struct {
	Corners int     // 0 for a disc
	Turn    float64 // direction of the first corner, radians
	Hollow  bool
}

// seriesMarkers differ in shape, so that series remain distinct in grey
// print.
var seriesMarkers = []Marker{
	{},
	{Corners: 4, Turn: math.Pi / 4},
	{Corners: 3, Turn: math.Pi / 2},
	{Corners: 4},
	{Corners: 3, Turn: -math.Pi / 2},
}

// OfSeries returns the marker of series i.
func OfSeries(i int) Marker { return seriesMarkers[i%len(seriesMarkers)] }

// DrawGlyph implements draw.GlyphDrawer.
func (m Marker) DrawGlyph(c *draw.Canvas, sty draw.GlyphStyle, at vg.Point) {
	path := m.path(sty.Radius, at)
	if !m.Hollow {
		c.SetColor(sty.Color)
		c.Fill(path)
		return
	}
	c.SetColor(color.White)
	c.Fill(path)
	c.SetLineStyle(draw.LineStyle{Color: sty.Color, Width: vg.Points(1)})
	c.Stroke(path)
}

func (m Marker) path(r vg.Length, at vg.Point) (p vg.Path) {
	if m.Corners == 0 {
		p.Move(vg.Point{X: at.X + r, Y: at.Y})
		p.Arc(at, r, 0, 2*math.Pi)
		p.Close()
		return p
	}
	r *= 1.25 // about the area of the disc
	for k := range m.Corners {
		sin, cos := math.Sincos(m.Turn + 2*math.Pi*float64(k)/float64(m.Corners))
		q := vg.Point{X: at.X + r*vg.Length(cos), Y: at.Y + r*vg.Length(sin)}
		if k == 0 {
			p.Move(q)
		} else {
			p.Line(q)
		}
	}
	p.Close()
	return p
}

// A cross marks a value that cannot be drawn. It is heavier than
// gonum/plot's, to be visible on top of other markers.
type cross struct{}

// DrawGlyph implements draw.GlyphDrawer.
func (cross) DrawGlyph(c *draw.Canvas, sty draw.GlyphStyle, at vg.Point) {
	r := sty.Radius
	for _, line := range []draw.LineStyle{
		{Color: color.White, Width: vg.Points(3)}, {Color: sty.Color, Width: vg.Points(1.3)},
	} {
		c.StrokeLine2(line, at.X-r, at.Y-r, at.X+r, at.Y+r)
		c.StrokeLine2(line, at.X-r, at.Y+r, at.X+r, at.Y-r)
	}
}

// Crosses marks the positions of values that cannot be drawn.
func Crosses(xys plotter.XYs) *plotter.Scatter {
	return &plotter.Scatter{XYs: xys, GlyphStyle: draw.GlyphStyle{
		Color: look.Warning, Radius: vg.Points(3.5), Shape: cross{},
	}}
}
