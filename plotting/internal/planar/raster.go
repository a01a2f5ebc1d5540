package planar

import (
	"image"
	"image/color"
	"math"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/palette"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"github.com/liegg/lab/plotting/internal/axes"
	"github.com/liegg/lab/plotting/internal/colours"
	"github.com/liegg/lab/plotting/internal/pixels"
)

// Raster draws a grid as one image of the plane, with values interpolated
// linearly between grid points. plotter.HeatMap is not used because it
// interpolates colours instead of values, even beyond the edge.
type Raster struct {
	Grid   plotter.GridXYZ
	Plane  Square
	Colors palette.ColorMap
}

const rasterPixels = 320 // per side

// Plot implements plot.Plotter.
func (r Raster) Plot(c draw.Canvas, p *plot.Plot) {
	trX, trY := p.Transforms(&c)
	left, right := trX(r.Plane.X-r.Plane.Radius), trX(r.Plane.X+r.Plane.Radius)
	y0, y1 := trY(r.Plane.Y-r.Plane.Radius), trY(r.Plane.Y+r.Plane.Radius)
	at := vg.Rectangle{Min: vg.Point{X: left, Y: min(y0, y1)}, Max: vg.Point{X: right, Y: max(y0, y1)}}
	dots := rasterPixels
	if _, few := r.Colors.(Banded); few {
		dots = max(1, int(math.Round(at.Size().X.Dots(pixels.DPI)))) // colours that were scaled would blend at their edges
		at.Min = vg.Point{X: pixels.Whole(at.Min.X), Y: pixels.Whole(at.Min.Y)}
		side := vg.Length(dots) * vg.Inch / pixels.DPI
		at.Max = at.Min.Add(vg.Point{X: side, Y: side})
	}
	c.DrawImage(at, r.image(dots))
}

// image returns the plane with so many dots per side.
func (r Raster) image(dots int) image.Image {
	img := image.NewNRGBA(image.Rect(0, 0, dots, dots))
	for j := range dots {
		for i := range dots {
			s := (2*float64(i)+1)/float64(dots) - 1
			t := 1 - (2*float64(j)+1)/float64(dots) // the top row of an image comes first
			if r.Plane.Down {
				t = -t
			}
			z := interpolate(r.Grid, r.Plane.X+s*r.Plane.Radius, r.Plane.Y+t*r.Plane.Radius)
			img.Set(i, j, colours.Of(r.Colors, z))
		}
	}
	return img
}

// interpolate returns the bilinearly interpolated value of an even grid at
// (x, y), and NaN outside it.
func interpolate(g plotter.GridXYZ, x, y float64) float64 {
	cols, rows := g.Dims()
	s := (x - g.X(0)) / (g.X(cols-1) - g.X(0)) * float64(cols-1)
	t := (y - g.Y(0)) / (g.Y(rows-1) - g.Y(0)) * float64(rows-1)
	if !(s >= 0 && s <= float64(cols-1) && t >= 0 && t <= float64(rows-1)) {
		return math.NaN()
	}
	c, r := min(int(s), cols-2), min(int(t), rows-2)
	s, t = s-float64(c), t-float64(r)
	return (1-t)*((1-s)*g.Z(c, r)+s*g.Z(c+1, r)) + t*((1-s)*g.Z(c, r+1)+s*g.Z(c+1, r+1))
}

// Banded is a colour map of few colours.
type Banded struct{ palette.ColorMap }

// At implements palette.ColorMap.
func (b Banded) At(v float64) (color.Color, error) {
	part := axes.LinearScale{}.Normalize(b.Min(), b.Max(), v)
	band := math.Min(math.Floor(part*levels), levels-1)
	return b.ColorMap.At(colours.Between(b.Min(), b.Max(), (band+.5)/levels))
}

// levels is the number of colours of LevelSets.
const levels = 8
