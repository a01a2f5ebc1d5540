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
)

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
	f, p := newAffine("Field", m), p.checked("Field")
	c := p.newChart()
	c.Add(look.Grid())
	c.addField(f, p, fieldStyle{arrows: look.Ink, orbits: look.SeriesColor(0)})
	return c
}

// fieldStyle holds the colours of a field.
type fieldStyle struct{ arrows, orbits color.NRGBA }

// addField draws f on top of what c shows.
func (c *Chart) addField(f affine, p Plane, s fieldStyle) {
	if !numbers.Finite(f.largest()) {
		c.warn("the field holds NaN or infinite numbers")
		return
	}
	if f.largest() == 0 {
		c.remark("the field is zero")
		return
	}
	f = f.scaled()
	orbit := s.orbits
	orbit.A = 0xa0
	for _, o := range f.orbits(p) {
		c.addLine(&plotter.Line{XYs: o, LineStyle: draw.LineStyle{Color: orbit, Width: vg.Points(1)}})
	}
	c.Add(arrows{f, p, s.arrows})
	c.addFixedPoint(f, p, s)
}

// addLine adds a line that does not widen the axes.
func (c *Chart) addLine(l *plotter.Line) { c.Add(unranged{l}) }

// unranged hides the data range of a line.
type unranged struct{ line *plotter.Line }

// Plot implements plot.Plotter.
func (u unranged) Plot(c draw.Canvas, p *plot.Plot) { u.line.Plot(c, p) }

func (c *Chart) addFixedPoint(f affine, p Plane, s fieldStyle) {
	x, y, ok := f.fixedPoint()
	if !ok || !p.contains(x, y, 1) {
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

// arrows draws a field on a square lattice. plotter.Field is not used because
// its arrow heads change shape and it leaves out the lattice's border.
type arrows struct {
	field affine
	plane Plane
	color color.Color
}

const lattice = 9 // arrows per side

// Plot implements plot.Plotter.
func (a arrows) Plot(c draw.Canvas, p *plot.Plot) {
	trX, trY := p.Transforms(&c)
	spacing := 2 * a.plane.Radius / lattice
	scale := 0.92 * spacing / a.longest()
	for i := range lattice {
		for j := range lattice {
			x, y := a.node(i, j)
			u, v := a.field.at(x, y)
			u, v = u*scale/2, v*scale/2
			a.arrow(c, vg.Point{X: trX(x - u), Y: trY(y - v)}, vg.Point{X: trX(x + u), Y: trY(y + v)})
		}
	}
}

// node returns the middle of an arrow.
func (a arrows) node(i, j int) (x, y float64) {
	spacing := 2 * a.plane.Radius / lattice
	return a.plane.X + (float64(i)-lattice/2)*spacing, a.plane.Y + (float64(j)-lattice/2)*spacing
}

func (a arrows) longest() (longest float64) {
	for i := range lattice {
		for j := range lattice {
			longest = math.Max(longest, math.Hypot(a.field.at(a.node(i, j))))
		}
	}
	if longest == 0 {
		return 1
	}
	return longest
}

// arrow draws a shaft and a filled head, which shrinks with short arrows.
func (a arrows) arrow(c draw.Canvas, from, to vg.Point) {
	d := to.Sub(from)
	length := vg.Length(math.Hypot(float64(d.X), float64(d.Y)))
	if length < 0.5 {
		return // at rest
	}
	head := min(vg.Points(4.5), 0.6*length)
	along := d.Scale(head / length)
	across := vg.Point{X: -along.Y, Y: along.X}.Scale(0.38)
	neck := to.Sub(along)
	c.StrokeLine2(draw.LineStyle{Color: a.color, Width: vg.Points(0.8)}, from.X, from.Y, neck.X, neck.Y)
	c.FillPolygon(a.color, []vg.Point{to, neck.Add(across), neck.Sub(across)})
}
