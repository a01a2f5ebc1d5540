package plotting

import (
	"fmt"
	"image/color"
	"math"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/plot/palette"

	"github.com/liegg/lab/plotting/internal/axes"
	"github.com/liegg/lab/plotting/internal/colours"
	"github.com/liegg/lab/plotting/internal/numbers"
)

// levels is the number of colours of LevelSets.
const levels = 8

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
	grids, labels := alongFlow(f, p, newAffine("LevelSets", m), end, steps)
	return Slider(levelCharts(grids, p), labels)
}

// alongFlow returns f after the flow for each t, and what t is.
func alongFlow(f func(x, y float64) float64, p Plane, field affine, end float64, steps int) (grids []samples, labels []string) {
	for i := range steps + 1 {
		t := end * float64(i) / float64(steps)
		moved := field.exp(t)
		grids = append(grids, sample(func(x, y float64) float64 { return f(moved(x, y)) }, p))
		labels = append(labels, fmt.Sprintf("t = %.2f", t))
	}
	return grids, labels
}

// levelCharts draws functions in the same colours.
func levelCharts(grids []samples, p Plane) (charts []Figure) {
	low, high := math.Inf(1), math.Inf(-1)
	bad := make([]int, len(grids))
	for i, g := range grids {
		var l, h float64
		l, h, bad[i] = numbers.FiniteRange(surfaceSamples, surfaceSamples, g.Z)
		low, high = math.Min(low, l), math.Max(high, h)
	}
	if low > high {
		low, high = 0, 1
	}
	colors := banded{colours.Sequential(low, high)}
	for i, g := range grids {
		charts = append(charts, coloured(g, p, colors, bad[i]))
	}
	return charts
}

// banded is a colour map of few colours.
type banded struct{ palette.ColorMap }

// At implements palette.ColorMap.
func (b banded) At(v float64) (color.Color, error) {
	part := axes.LinearScale{}.Normalize(b.Min(), b.Max(), v)
	band := math.Min(math.Floor(part*levels), levels-1)
	return b.ColorMap.At(colours.Between(b.Min(), b.Max(), (band+.5)/levels))
}
