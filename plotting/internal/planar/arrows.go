package planar

import (
	"image/color"
	"math"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// Arrows draws a field on a square lattice. plotter.Field is not used because
// its arrow heads change shape and it leaves out the lattice's border.
type Arrows struct {
	Field Affine
	Plane Square
	Color color.Color
}

const lattice = 9 // arrows per side

// Plot implements plot.Plotter.
func (a Arrows) Plot(c draw.Canvas, p *plot.Plot) {
	trX, trY := p.Transforms(&c)
	spacing := 2 * a.Plane.Radius / lattice
	scale := 0.92 * spacing / a.longest()
	for i := range lattice {
		for j := range lattice {
			x, y := a.node(i, j)
			u, v := a.Field.at(x, y)
			u, v = u*scale/2, v*scale/2
			a.arrow(c, vg.Point{X: trX(x - u), Y: trY(y - v)}, vg.Point{X: trX(x + u), Y: trY(y + v)})
		}
	}
}

// node returns the middle of an arrow.
func (a Arrows) node(i, j int) (x, y float64) {
	spacing := 2 * a.Plane.Radius / lattice
	return a.Plane.X + (float64(i)-lattice/2)*spacing, a.Plane.Y + (float64(j)-lattice/2)*spacing
}

func (a Arrows) longest() (longest float64) {
	for i := range lattice {
		for j := range lattice {
			longest = math.Max(longest, math.Hypot(a.Field.at(a.node(i, j))))
		}
	}
	if longest == 0 {
		return 1
	}
	return longest
}

// arrow draws a shaft and a filled head, which shrinks with short arrows.
func (a Arrows) arrow(c draw.Canvas, from, to vg.Point) {
	d := to.Sub(from)
	length := vg.Length(math.Hypot(float64(d.X), float64(d.Y)))
	if length < 0.5 {
		return // at rest
	}
	head := min(vg.Points(4.5), 0.6*length)
	along := d.Scale(head / length)
	across := vg.Point{X: -along.Y, Y: along.X}.Scale(0.38)
	neck := to.Sub(along)
	c.StrokeLine2(draw.LineStyle{Color: a.Color, Width: vg.Points(0.8)}, from.X, from.Y, neck.X, neck.Y)
	c.FillPolygon(a.Color, []vg.Point{to, neck.Add(across), neck.Sub(across)})
}
