package plotting

import (
	"math"
	"slices"
	"testing"

	"github.com/liegg/lab/plotting/internal/axes"
)

func TestAnglesAxis(t *testing.T) {
	nan := math.NaN()
	for _, test := range []struct {
		y       []float64
		max     float64
		warning string
	}{
		{[]float64{1, 2, 10}, 10.8, ""},
		{[]float64{0, 90}, 90, ""},
		{[]float64{90 + 1e-13}, 90, ""},
		{[]float64{0, 0}, 1, ""},
		{nil, 1, "no data"},
		{[]float64{nan, -1, 91, 10}, 10.8, "3 values are not within [0°, 90°] (×)"},
		{[]float64{math.Inf(1)}, 1, "1 value is not within [0°, 90°] (×)"},
	} {
		c := Angles(Series{Y: test.y})
		if c.Y.Min != 0 || math.Abs(c.Y.Max-test.max) > 1e-9 {
			t.Errorf("%v: the axis is [%v, %v], want [0, %v]", test.y, c.Y.Min, c.Y.Max, test.max)
		}
		if got := warnings(c); got != test.warning {
			t.Errorf("%v: warning %q, want %q", test.y, got, test.warning)
		}
		mustEncode(t, c)
		mustEncode(t, LogAngles(Series{Y: test.y}))
	}
}

func TestDegreeTicks(t *testing.T) {
	for max, want := range map[float64][]string{
		90: {"0", "15", "30", "45", "60", "75", "90"},
		3:  {"0", "0.5", "1.0", "1.5", "2.0", "2.5", "3.0"},
	} {
		if got := labels(axes.DegreeTicks{}.Ticks(0, max)); !slices.Equal(got, want) {
			t.Errorf("[0, %v]: %q, want %q", max, got, want)
		}
	}
}
