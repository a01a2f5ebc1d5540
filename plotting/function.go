package plotting

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/plot/palette"
	"gonum.org/v1/plot/plotter"

	"github.com/liegg/lab/plotting/internal/annotation"
	"github.com/liegg/lab/plotting/internal/colours"
	"github.com/liegg/lab/plotting/internal/look"
	"github.com/liegg/lab/plotting/internal/numbers"
	"github.com/liegg/lab/plotting/internal/planar"
)

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
	return surface("Function", planar.Sample(f, planar.Square(p)), p, m)
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
		c.addField(planar.NewAffine(caller, m), p, fieldStyle{arrows: look.Black, orbits: look.Black})
	}
	return c
}

// coloured draws a grid of which some values are bad.
func coloured(g plotter.GridXYZ, p Plane, colors palette.ColorMap, bad int) *Chart {
	c := p.newChart()
	c.Add(planar.Raster{Grid: g, Plane: planar.Square(p), Colors: colors}, annotation.ColorBar{Colors: colors})
	if bad > 0 {
		c.warn(numbers.Count(bad, "value") + " NaN or infinite (grey)")
	}
	return c
}

// LevelSets draws how a flow moves the level sets of f over the plane: the
// frames show f(exp(tm)(x, y)) for t from 0 to the given end, in as many equal
// steps as asked, between level sets in one colour each. If f is invariant,
// nothing moves. m is a generator as in Field.
//
// f is called at 81×81 points for each frame. Values that are NaN or infinite
// are drawn as in Function. LevelSets panics if f is nil, if end is not finite,
// for less than one step, and whenever Field does.
func LevelSets(f func(x, y float64) float64, p Plane, m mat.Matrix, end float64, steps int) *Frames {
	if f == nil {
		panic("plotting: LevelSets: f is nil")
	}
	if !numbers.Finite(end) || steps < 1 {
		panic(fmt.Sprintf("plotting: LevelSets: end is %v and steps is %d, want a finite number and at least 1", end, steps))
	}
	p = p.checked("LevelSets")
	grids, labels := alongFlow(f, p, planar.NewAffine("LevelSets", m), end, steps)
	return Slider(levelCharts(grids, p), labels)
}

// alongFlow returns f after the flow for each t, and what t is.
func alongFlow(f func(x, y float64) float64, p Plane, field planar.Affine, end float64, steps int) (grids []planar.Samples, labels []string) {
	for i := range steps + 1 {
		t := end * float64(i) / float64(steps)
		moved := field.Exp(t)
		grids = append(grids, planar.Sample(func(x, y float64) float64 { return f(moved(x, y)) }, planar.Square(p)))
		labels = append(labels, fmt.Sprintf("t = %.2f", t))
	}
	return grids, labels
}

// levelCharts draws functions in the same colours.
func levelCharts(grids []planar.Samples, p Plane) (charts []Figure) {
	low, high := math.Inf(1), math.Inf(-1)
	bad := make([]int, len(grids))
	for i, g := range grids {
		var l, h float64
		l, h, bad[i] = numbers.FiniteRange(planar.PerSide, planar.PerSide, g.Z)
		low, high = math.Min(low, l), math.Max(high, h)
	}
	if low > high {
		low, high = 0, 1
	}
	colors := planar.Banded{ColorMap: colours.Sequential(low, high)}
	for i, g := range grids {
		charts = append(charts, coloured(g, p, colors, bad[i]))
	}
	return charts
}
