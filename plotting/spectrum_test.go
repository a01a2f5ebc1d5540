package plotting

import (
	"math"
	"slices"
	"strings"
	"testing"

	"gonum.org/v1/plot"

	"github.com/liegg/lab/plotting/internal/axes"
	"github.com/liegg/lab/plotting/internal/glyphs"
	"github.com/liegg/lab/plotting/internal/look"
)

func labels(ticks []plot.Tick) (l []string) {
	for _, t := range ticks {
		if !t.IsMinor() {
			l = append(l, t.Label)
		}
	}
	return l
}

func yLabels(c *Chart) []string { return labels(c.Y.Tick.Marker.Ticks(c.Y.Min, c.Y.Max)) }

func warnings(c *Chart) (s string) {
	if c.notes == nil {
		return ""
	}
	for _, n := range c.notes.Lines {
		s += n.Text + "\n"
	}
	return strings.TrimSpace(s)
}

func TestSpectrumRows(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	for _, test := range []struct {
		name    string
		y       []float64
		bottom  string // lowest label of the y axis; a row without a zero has none
		warning string
	}{
		{"positive", []float64{0.01, 0.1, 1}, "1e-2", ""},
		{"exact zeros", []float64{0, 0, 0.1, 1}, "0", ""},
		{"rounding", []float64{0, 1e-18, -1e-18, 1}, "<1e-16", ""},
		{"all zero", make([]float64, 25), "0", ""},
		{"one NaN", []float64{nan, 1}, "1", "1 value is NaN or infinite (×)"},
		{"all bad", []float64{nan, inf, -inf}, "1", "3 values are NaN or infinite (×)"},
		{"negative", []float64{-1, 1}, "1", "1 value is negative (×)"},
		{"both", []float64{-1, 1, nan}, "1", "2 values are NaN, infinite or negative (×)"},
		{"largest float", []float64{1e-300, math.MaxFloat64}, "<2e+292", ""},
		{"tiny", []float64{1e-300, 1e-299}, "1e-300", ""},
		{"empty", nil, "1", "no data"},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := Spectrum(Series{Y: test.y})
			if got := yLabels(c)[0]; got != test.bottom {
				t.Errorf("lowest label %q, want %q", got, test.bottom)
			}
			if got := warnings(c); got != test.warning {
				t.Errorf("warning %q, want %q", got, test.warning)
			}
			mustEncode(t, c)
		})
	}
}

// Zeros stand hollow below all other values, which stand where they are.
func TestSpectrumPlaces(t *testing.T) {
	y := []float64{0, 1e-5, 1e-17, 3, math.NaN()}
	a := newSpectrumAxis([]Series{{Y: y}})
	a.apply(newChart(0, 0).Plot)
	points := a.scatter(0, Series{Y: y})
	if len(points.XYs) != 4 {
		t.Fatalf("%d points, want 4 without the NaN", len(points.XYs))
	}
	for i, p := range points.XYs {
		hollow := points.GlyphStyleFunc(i).Shape.(glyphs.Marker).Hollow
		switch zero := y[i] < 1e-16; {
		case p.X != float64(i+1):
			t.Errorf("value %d stands at index %v", i+1, p.X)
		case zero && (!hollow || p.Y >= 1e-5 || p.Y <= 0):
			t.Errorf("zero %v stands at %v, hollow: %v", y[i], p.Y, hollow)
		case !zero && (hollow || p.Y != y[i]):
			t.Errorf("value %v stands at %v, hollow: %v", y[i], p.Y, hollow)
		}
	}
}

func TestThreshold(t *testing.T) {
	y := []float64{0, 0.1, 1}
	if got := warnings(Spectrum(Series{Y: y}).Threshold(0.3, "gap")); got != "" {
		t.Errorf("a threshold on the axis gave %q", got)
	}
	for _, at := range []float64{0, -1, 1e-9, math.NaN()} {
		c := Spectrum(Series{Y: y}).Threshold(at, "gap")
		if got := warnings(c); !strings.Contains(got, "gap") {
			t.Errorf("threshold %v: warning %q", at, got)
		}
		mustEncode(t, c)
	}
	high := Spectrum(Series{Y: y}).Threshold(50, "gap")
	if high.Y.Max < 50 {
		t.Errorf("the axis ends at %v below the threshold 50", high.Y.Max)
	}
}

func TestSeriesStayDistinct(t *testing.T) {
	type drawn struct {
		color any
		shape glyphs.Marker
	}
	seen := map[drawn]int{}
	for i := range 35 {
		l := drawn{look.SeriesColor(i), glyphs.OfSeries(i)}
		if j, ok := seen[l]; ok {
			t.Errorf("series %d looks like series %d", i, j)
		}
		seen[l] = i
	}
}

func TestIndexTicks(t *testing.T) {
	for _, test := range []struct {
		max  float64
		want string
	}{
		{1, "1"},
		{5, "1 2 3 4 5"},
		{25, "1 3 5 7 9 11 13 15 17 19 21 23 25"},
		{100, "1 10 20 30 40 50 60 70 80 90 100"},
	} {
		got := strings.Join(labels(axes.IndexTicks{}.Ticks(1, test.max)), " ")
		if got != test.want {
			t.Errorf("1 … %v: %s, want %s", test.max, got, test.want)
		}
	}
}

func TestEvenTicks(t *testing.T) {
	for _, test := range []struct {
		min, max float64
		want     []string
	}{
		{0, 1, []string{"0", "0.2", "0.4", "0.6", "0.8", "1.0"}},
		{-14, 14, []string{"-10", "-5", "0", "5", "10"}},
		{0, 1e-5, []string{"0", "2e-6", "4e-6", "6e-6", "8e-6", "1e-5"}},
		{0, 8000, []string{"0", "2000", "4000", "6000", "8000"}},
		{0, 3e6, []string{"0", "500000", "1e6", "1.5e6", "2e6", "2.5e6", "3e6"}},
	} {
		if got := labels(axes.EvenTicks{}.Ticks(test.min, test.max)); !slices.Equal(got, test.want) {
			t.Errorf("[%v, %v]: %q, want %q", test.min, test.max, got, test.want)
		}
	}
}
