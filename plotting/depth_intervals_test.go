package plotting

import (
	"math"
	"strings"
	"testing"
)

// Intervals are drawn if their ends have a place; those that have none are counted.
func TestDepthWithIntervals(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	s := Series{Y: []float64{.1, .2, .3}, Lower: []float64{.01, nan, .2}, Upper: []float64{5, nan, inf}}
	c := Depth([]string{"a", "b", "c"}, s)
	if c.Y.Min > .01 || c.Y.Max < 5 {
		t.Errorf("the axis %g … %g cuts the whisker .01 … 5", c.Y.Min, c.Y.Max)
	}
	if text := warnings(c); !strings.Contains(text, "1 interval is left out") {
		t.Errorf("the chart says %q", text)
	}
	defer func() {
		if r, _ := recover().(string); !strings.Contains(r, "series[0] has 1 values of Lower") {
			t.Errorf("panicked with %q", r)
		}
	}()
	Depth([]string{"a", "b", "c"}, Series{Y: s.Y, Lower: []float64{1}})
}
