package plotting

import (
	"math"
	"strings"
	"testing"

	"gonum.org/v1/gonum/mat"
)

// What has no place on a logarithmic scale is counted, also where nothing else is there.
func TestTableOfMissing(t *testing.T) {
	c := Table([]string{"a", "b"}, []string{"1", "2"}, mat.NewDense(2, 2, []float64{0, -1, math.Inf(1), math.NaN()}))
	if text := warnings(c); !strings.Contains(text, "4 cells are") {
		t.Errorf("the chart says %q", text)
	}
}

func TestTwoDigits(t *testing.T) {
	for v, want := range map[float64]string{.0123: ".012", .1: ".1", 3.49: "3.5", 12: "12", 1.23e-5: "1.2e-5"} {
		if got := twoDigits(v); got != want {
			t.Errorf("twoDigits(%v) = %q, want %q", v, got, want)
		}
	}
}

// The x axis of a Trend names what was tried, once.
func TestTrendTicks(t *testing.T) {
	x := []float64{1000, 30_000, 1e6, math.NaN(), -1}
	c := Trend(Series{X: x, Y: x}, Series{X: x, Y: x})
	var labels []string
	for _, tick := range c.X.Tick.Marker.Ticks(c.X.Min, c.X.Max) {
		labels = append(labels, tick.Label)
	}
	if got := strings.Join(labels, " "); got != "1000 30000 1e6" {
		t.Errorf("ticks %s", got)
	}
	if text := warnings(c); !strings.Contains(text, "4 of 10 points left out") {
		t.Errorf("the chart says %q", text)
	}
}
