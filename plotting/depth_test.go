package plotting_test

import (
	"math"
	"strings"
	"testing"

	"github.com/liegg/lab/plotting"
)

func ExampleDepth() {
	layers := []string{"hidden 1", "hidden 2", "hidden 3", "output"}
	c := plotting.Depth(layers,
		plotting.Series{Name: "invariance", Y: []float64{.31, .12, .034, .006},
			Lower: []float64{.29, .1, .024, .0031}, Upper: []float64{.33, .145, .05, .0098}},
		plotting.Series{Name: "equivariance", Y: []float64{.14, .09, .021, math.NaN()}},
	)
	save(c.Titled("so(5) over depth"), "depth.png")
	// Output:
}

func TestDepthOfUnequalLengths(t *testing.T) {
	defer func() {
		if r, _ := recover().(string); !strings.Contains(r, "series[1] has 1 values for 2 layers") {
			t.Errorf("panicked with %q", r)
		}
	}()
	plotting.Depth([]string{"a", "b"}, plotting.Series{Y: []float64{1, 2}}, plotting.Series{Y: []float64{1}})
}
