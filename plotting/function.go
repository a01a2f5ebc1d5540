package plotting

import (
	"image"
	"math"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/plot"
	"gonum.org/v1/plot/palette"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"github.com/liegg/lab/plotting/internal/annotation"
	"github.com/liegg/lab/plotting/internal/colours"
	"github.com/liegg/lab/plotting/internal/look"
	"github.com/liegg/lab/plotting/internal/numbers"
)

// surfaceSamples is the number of samples per side that Function takes.
const surfaceSamples = 81

// Function draws f over the plane, in colours from dark (low) to light
// (high), with the field and the orbits of m on top as Field draws them. If f
// is invariant, orbits follow lines of one colour. A nil m draws f alone.
//
// f is called at 81×81 points. The picture is grey where f returns NaN or an
// infinity, and a line above the chart counts such points. Function panics if
// f is nil, and whenever Field does.
func Function(f func(x, y float64) float64, p Plane, m mat.Matrix) *Chart {
	if f == nil {
		panic("plotting: Function: f is nil")
	}
	p = p.checked("Function")
	return surface("Function", sample(f, p), p, m)
}

// Surface is Function for values that are known on a grid, such as the output
// of a network on one batch. The grid uses the coordinates of the plane; its
// points must be evenly spaced and at least 2×2. Anything outside p is cut
// off.
//
// Surface panics if g is nil or smaller, and whenever Field does.
func Surface(g plotter.GridXYZ, p Plane, m mat.Matrix) *Chart {
	if g == nil {
		panic("plotting: Surface: g is nil")
	}
	if c, r := g.Dims(); c < 2 || r < 2 {
		panic("plotting: Surface: g has fewer than 2×2 points")
	}
	return surface("Surface", g, p.checked("Surface"), m)
}

func surface(caller string, g plotter.GridXYZ, p Plane, m mat.Matrix) *Chart {
	cols, rows := g.Dims()
	low, high, bad := numbers.FiniteRange(cols, rows, g.Z)
	if low > high {
		low, high = 0, 1
	}
	c := coloured(g, p, colours.Sequential(low, high), bad)
	if m != nil {
		c.addField(newAffine(caller, m), p, fieldStyle{arrows: look.Black, orbits: look.Black})
	}
	return c
}

// coloured draws a grid of which some values are bad.
func coloured(g plotter.GridXYZ, p Plane, colors palette.ColorMap, bad int) *Chart {
	c := p.newChart()
	c.Add(raster{g, p, colors}, annotation.ColorBar{Colors: colors})
	if bad > 0 {
		c.warn(numbers.Count(bad, "value") + " NaN or infinite (grey)")
	}
	return c
}

// samples holds values of a function on the even grid of a plane.
type samples struct {
	plane Plane
	z     []float64
}

func sample(f func(x, y float64) float64, p Plane) samples {
	s := samples{plane: p, z: make([]float64, surfaceSamples*surfaceSamples)}
	for r := range surfaceSamples {
		for c := range surfaceSamples {
			s.z[r*surfaceSamples+c] = f(s.X(c), s.Y(r))
		}
	}
	return s
}

// samples implements plotter.GridXYZ.
func (s samples) Dims() (c, r int)   { return surfaceSamples, surfaceSamples }
func (s samples) Z(c, r int) float64 { return s.z[r*surfaceSamples+c] }
func (s samples) X(c int) float64    { return s.plane.X + s.plane.Radius*along(c) }
func (s samples) Y(r int) float64    { return s.plane.Y + s.plane.Radius*along(r) }

// along maps 0, …, surfaceSamples−1 to [−1, 1].
func along(i int) float64 { return 2*float64(i)/(surfaceSamples-1) - 1 }

// raster draws a grid as one image of the plane, with values interpolated
// linearly between grid points. plotter.HeatMap is not used because it
// interpolates colours instead of values, even beyond the edge.
type raster struct {
	grid   plotter.GridXYZ
	plane  Plane
	colors palette.ColorMap
}

const rasterPixels = 320 // per side

// Plot implements plot.Plotter.
func (r raster) Plot(c draw.Canvas, p *plot.Plot) {
	trX, trY := p.Transforms(&c)
	left, right := trX(r.plane.X-r.plane.Radius), trX(r.plane.X+r.plane.Radius)
	y0, y1 := trY(r.plane.Y-r.plane.Radius), trY(r.plane.Y+r.plane.Radius)
	at := vg.Rectangle{Min: vg.Point{X: left, Y: min(y0, y1)}, Max: vg.Point{X: right, Y: max(y0, y1)}}
	pixels := rasterPixels
	if _, few := r.colors.(banded); few {
		pixels = max(1, int(math.Round(at.Size().X.Dots(pngDPI)))) // colours that were scaled would blend at their edges
		at.Min = vg.Point{X: wholePixels(at.Min.X), Y: wholePixels(at.Min.Y)}
		side := vg.Length(pixels) * vg.Inch / pngDPI
		at.Max = at.Min.Add(vg.Point{X: side, Y: side})
	}
	c.DrawImage(at, r.image(pixels))
}

// image returns the plane with so many pixels per side.
func (r raster) image(pixels int) image.Image {
	img := image.NewNRGBA(image.Rect(0, 0, pixels, pixels))
	for j := range pixels {
		for i := range pixels {
			s := (2*float64(i)+1)/float64(pixels) - 1
			t := 1 - (2*float64(j)+1)/float64(pixels) // the top row of an image comes first
			if r.plane.Down {
				t = -t
			}
			z := interpolate(r.grid, r.plane.X+s*r.plane.Radius, r.plane.Y+t*r.plane.Radius)
			img.Set(i, j, colours.Of(r.colors, z))
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
