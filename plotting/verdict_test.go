package plotting

import (
	"math"
	"slices"
	"testing"

	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/recorder"

	"github.com/liegg/lab/plotting/internal/annotation"
	"github.com/liegg/lab/plotting/internal/look"
)

// evidence is the Evidence of a verdict that was made up.
type evidence struct {
	values, lower, upper []float64
	sizes                []int
	bounds               []float64
	names                []string
	answer               string
	counted              int
	threshold            float64
}

func (e evidence) Intervals() (values, lower, upper []float64) { return e.values, e.lower, e.upper }
func (e evidence) Ladder() (sizes []int, bounds []float64, names []string) {
	return e.sizes, e.bounds, e.names
}
func (e evidence) Decision() (answer string, counted int, threshold float64) {
	return e.answer, e.counted, e.threshold
}

// One exact rotation of two that are broken.
var broken = evidence{
	values: []float64{.0012, .074, .077, .63, .64}, lower: []float64{.0011, .073, .075, .62, .63}, upper: []float64{.0014, .076, .078, .64, .65},
	sizes: []int{1, 3}, bounds: []float64{.0014, .078}, names: []string{"so(2)", ""},
	answer: "1 generator, so(2)", counted: 1, threshold: .058,
}

// Directions are drawn as the verdict counts them, wherever the threshold lies.
func TestVerdictColours(t *testing.T) {
	values := Estimates(broken.values, broken.lower, broken.upper)
	values[1].Value = math.NaN() // cannot be drawn: the styles of the others must not move
	a := newSpectrumAxis(defectsRange(values, 1, nil))
	a.apply(newChart(0, 0).Plot)
	for counted, want := range map[int][]int{-1: {-1, -1, -1, -1}, 0: {1, 1, 1, 1}, 1: {0, 1, 1, 1}, 4: {0, 0, 0, 1}, 5: {0, 0, 0, 0}} {
		points := a.estimates(values, byCount(counted))
		for i, series := range want {
			got := points.GlyphStyleFunc(i).Color
			if series < 0 && got != look.Ink || series >= 0 && got != look.SeriesColor(series) {
				t.Errorf("%d count: point %d has colour %v", counted, i, got)
			}
		}
	}
}

// The title is the answer, and the axis holds all rungs.
func TestVerdict(t *testing.T) {
	low := broken
	low.bounds = []float64{1e-5, 2}
	c := Verdict(low)
	if c.Title.Text != "1 generator, so(2)" || c.Y.Min > 1e-5 || c.Y.Max < 2 || warnings(c) != "" {
		t.Errorf("title %q, axis from %v to %v, lines %q", c.Title.Text, c.Y.Min, c.Y.Max, warnings(c))
	}
	mustEncode(t, c)
	if got, want := stepsOf(broken.Ladder()), []annotation.Step{{Size: 1, Bound: .0014, Name: "so(2)"}, {Size: 3, Bound: .078, Name: "3 directions"}}; !slices.Equal(got, want) {
		t.Errorf("steps %v, want %v", got, want)
	}
	mustEncode(t, Verdict(evidence{answer: "undetermined", counted: -1, threshold: math.NaN()}))
	zeros := broken
	zeros.values, zeros.lower, zeros.upper, zeros.bounds = make([]float64, 5), make([]float64, 5), make([]float64, 5), []float64{0, math.NaN()}
	mustEncode(t, Verdict(zeros))
}

// A rung's name that the threshold's line crosses has a backdrop of its own, and no other name has.
func TestVerdictNamesAreNotStruckThrough(t *testing.T) {
	near := broken
	for threshold, want := range map[float64]bool{.0015: true, .058: false} {
		near.threshold = threshold
		var drawn recorder.Canvas
		width, height := Verdict(near).Size()
		Verdict(near).Draw(draw.NewCanvas(&drawn, width, height))
		got := slices.ContainsFunc(drawn.Actions, func(a recorder.Action) bool {
			set, ok := a.(*recorder.SetColor)
			return ok && set.Color == annotation.Backdrop
		})
		if got != want {
			t.Errorf("threshold %v: a backdrop is drawn: %v", threshold, got)
		}
	}
}
