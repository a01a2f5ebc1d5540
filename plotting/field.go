package plotting

import (
	"fmt"
	"image/color"
	"math"
	"strconv"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"github.com/liegg/lab/plotting/internal/axes"
	"github.com/liegg/lab/plotting/internal/glyphs"
	"github.com/liegg/lab/plotting/internal/look"
	"github.com/liegg/lab/plotting/internal/numbers"
	"github.com/liegg/lab/plotting/internal/planar"
)

// A Plane is the square part of the plane that Field, Function, LevelSets and
// Surface show.
// The zero value shows |x| ≤ 1, |y| ≤ 1 with y upwards.
type Plane struct {
	// X and Y are the coordinates of the middle of the square.
	X, Y float64

	// Radius is half the side of the square. Zero means 1.
	Radius float64

	// Down makes y point down, as in images: x to the right, y down, both
	// measured from the centre of the image, usually in pixels.
	Down bool
}

// PixelPlane returns the Plane of an image with the given number of pixels
// per side: the origin in the centre of the image and y down.
func PixelPlane(pixels int) Plane {
	return Plane{Radius: float64(pixels) / 2, Down: true}
}

// checked returns p with its default filled in. It panics if p is not a
// square.
func (p Plane) checked(caller string) Plane {
	if p.Radius == 0 {
		p.Radius = 1
	}
	if !(p.Radius > 0) || !numbers.Finite(math.Abs(p.X)+p.Radius) || !numbers.Finite(math.Abs(p.Y)+p.Radius) {
		panic(fmt.Sprintf("plotting: %s: plane %+v: want finite numbers, its ends too, and Radius ≥ 0", caller, p))
	}
	return p
}

// newChart returns an empty chart of the plane.
func (p Plane) newChart() *Chart {
	c := newChart(look.MapWidth, look.MapHeight).Labelled("x", "y")
	c.equal = true
	c.X.Min, c.X.Max = p.X-p.Radius, p.X+p.Radius
	c.Y.Min, c.Y.Max = p.Y-p.Radius, p.Y+p.Radius
	for _, a := range []*plot.Axis{&c.X, &c.Y} {
		a.Padding = vg.Length(2)
	}
	if p.Down {
		c.Y.Scale = plot.InvertedScale{Normalizer: axes.LinearScale{}}
	}
	return c
}

// Field draws the vector field x ↦ m x of the plane as arrows, and its orbits
// exp(tm)x₀ as curves. m is a 2×2 matrix, or a 3×3 matrix (A b; 0 0 0) that
// represents x ↦ A x + b in homogeneous coordinates. The longest arrow in
// view spans the distance between two arrows; the others are in proportion.
//
// A fixed point −A⁻¹b within the plane is marked with a diamond, and its
// coordinates are written above the chart. If m holds a NaN or an infinity,
// only the axes and a line that says so are drawn. A zero field is reported
// in the same way.
//
// Field panics if m is nil, of another shape, or 3×3 with a non-zero last
// row, and if p is not a square.
func Field(m mat.Matrix, p Plane) *Chart {
	f, p := planar.NewAffine("Field", m), p.checked("Field")
	c := p.newChart()
	c.Add(look.Grid())
	c.addField(f, p, fieldStyle{arrows: look.Ink, orbits: look.SeriesColor(0)})
	return c
}

// fieldStyle holds the colours of a field.
type fieldStyle struct{ arrows, orbits color.NRGBA }

// addField draws f on top of what c shows.
func (c *Chart) addField(f planar.Affine, p Plane, s fieldStyle) {
	if !numbers.Finite(f.Largest()) {
		c.warn("the field holds NaN or infinite numbers")
		return
	}
	if f.Largest() == 0 {
		c.remark("the field is zero")
		return
	}
	f = f.Scaled()
	orbit := s.orbits
	orbit.A = 0xa0
	for _, o := range f.Orbits(planar.Square(p)) {
		c.addLine(&plotter.Line{XYs: o, LineStyle: draw.LineStyle{Color: orbit, Width: vg.Points(1)}})
	}
	c.Add(planar.Arrows{Field: f, Plane: planar.Square(p), Color: s.arrows})
	c.addFixedPoint(f, p, s)
}

// addLine adds a line that does not widen the axes.
func (c *Chart) addLine(l *plotter.Line) { c.Add(unranged{l}) }

// unranged hides the data range of a line.
type unranged struct{ line *plotter.Line }

// Plot implements plot.Plotter.
func (u unranged) Plot(c draw.Canvas, p *plot.Plot) { u.line.Plot(c, p) }

func (c *Chart) addFixedPoint(f planar.Affine, p Plane, s fieldStyle) {
	x, y, ok := f.FixedPoint()
	if !ok || !planar.Square(p).Contains(x, y, 1) {
		return
	}
	c.Add(&plotter.Scatter{XYs: plotter.XYs{{X: x, Y: y}}, GlyphStyle: draw.GlyphStyle{
		Color: look.SeriesColor(1), Radius: vg.Points(3.5), Shape: glyphs.Marker{Corners: 4, Hollow: true},
	}})
	c.remark(fmt.Sprintf("fixed point (%s, %s)", coordinate(x, p.Radius), coordinate(y, p.Radius)))
}

// coordinate formats v to about a thousandth of the radius.
func coordinate(v, radius float64) string {
	digits := max(0, 3-int(math.Floor(math.Log10(radius)+1e-9)))
	if digits > 9 || math.Abs(v) >= 1e9 {
		return axes.ShortExponent(strconv.FormatFloat(v, 'g', 4, 64))
	}
	s := fmt.Sprintf("%.*f", digits, v)
	if s == fmt.Sprintf("-%.*f", digits, 0.0) {
		return s[1:] // avoid minus zero
	}
	return s
}
