package plotting

import (
	"math"
	"testing"

	"gonum.org/v1/plot/plotter"

	"github.com/liegg/lab/plotting/internal/glyphs"
)

// An interval is drawn from its lower to its upper end wherever the value is.
func TestIntervalsStandWhereTheyAre(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	values := []Estimate{
		{Value: 1, Lower: .5, Upper: 2},
		{Value: 1, Lower: 2, Upper: 3}, // the value lies outside
		{Value: 1, Lower: -1, Upper: 3},
		{Value: 1},
		{Value: 1, Lower: nan, Upper: nan},
		{Value: 1, Lower: 1, Upper: inf},
		{Value: 1, Lower: nan, Upper: 2},
		{Value: 1, Lower: 2, Upper: 1},
	}
	axis := newSpectrumAxis(defectsRange(values, 0, nil))
	axis.apply(newChart(0, 0).Plot)
	bars, bad := axis.errorBars(values)
	if bad != 3 {
		t.Errorf("%d intervals cannot be drawn, want 3", bad)
	}
	want := [][3]float64{{1, .5, 2}, {2, 2, 3}, {3, axis.row, 3}}
	if len(bars.XYs) != len(want) {
		t.Fatalf("%d intervals, want %d", len(bars.XYs), len(want))
	}
	for i, w := range want {
		low, high := bars.XYs[i].Y-bars.YErrors[i].Low, bars.XYs[i].Y+bars.YErrors[i].High
		if bars.XYs[i].X != w[0] || low != w[1] || math.Abs(high-w[2]) > 1e-12 {
			t.Errorf("interval %d is [%v, %v] at %v, want %v", i, low, high, bars.XYs[i].X, w)
		}
	}
	if got := warnings(Defects(values, .1)); got != "3 intervals are NaN, infinite or reversed" {
		t.Errorf("warning %q", got)
	}
}

// The axis holds values, intervals, threshold and a part of the band, whichever
// is outermost.
func TestDefectsAxis(t *testing.T) {
	for _, test := range []struct {
		value     Estimate
		threshold float64
		low, high float64
	}{
		{Estimate{Value: .1}, .05, .05 / 3, .1},
		{Estimate{Value: .1, Lower: 1e-3, Upper: .9}, .05, 1e-3, .9},
		{Estimate{Value: .001}, .05, .001, .05},
	} {
		c := Defects([]Estimate{test.value}, test.threshold)
		if c.Y.Min > test.low || c.Y.Max < test.high {
			t.Errorf("%+v: the axis [%v, %v] does not hold [%v, %v]", test, c.Y.Min, c.Y.Max, test.low, test.high)
		}
	}
}

func TestDefectsOfBadData(t *testing.T) {
	nan := math.NaN()
	for _, test := range []struct {
		values    []Estimate
		threshold float64
		warning   string
	}{
		{nil, .05, "no data"},
		{[]Estimate{{Value: nan}, {Value: -1}, {Value: .1}}, .05, "2 values are NaN, infinite or negative (×)"},
		{[]Estimate{{Value: .1, Trivial: true}}, .05, "hollow: trivial, not counted"},
		{[]Estimate{{Value: .1}}, nan, "threshold NaN (counts as symmetry) is not on the axis"},
		{[]Estimate{{Value: .1}}, 0, "threshold 0 (counts as symmetry) is not on the axis"},
		{make([]Estimate, 144), .05, ""},
	} {
		c := Defects(test.values, test.threshold)
		if got := warnings(c); got != test.warning {
			t.Errorf("%+v: lines %q, want %q", test, got, test.warning)
		}
		mustEncode(t, c)
	}
}

// Trivial values are hollow, all others filled, zeros too.
func TestTrivialIsHollow(t *testing.T) {
	values := []Estimate{{Value: math.NaN()}, {Value: .1, Trivial: true}, {Value: 0}, {Value: 0, Trivial: true}}
	a := newSpectrumAxis(defectsRange(values, .05, nil))
	a.apply(newChart(0, 0).Plot)
	points := a.estimates(values, hollowIfTrivial(values))
	for i, want := range []bool{true, false, true} {
		if got := points.GlyphStyleFunc(i).Shape.(glyphs.Marker).Hollow; got != want {
			t.Errorf("value %d is hollow: %v, want %v", i+1, got, want)
		}
	}
	if got := points.XYs[0]; got != (plotter.XY{X: 2, Y: .1}) {
		t.Errorf("value 2 stands at %v", got)
	}
}
