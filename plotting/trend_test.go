package plotting_test

import (
	"math"
	"strings"
	"testing"

	"github.com/liegg/lab/plotting"
	"gonum.org/v1/gonum/mat"
)

func ExampleTrend() {
	n := []float64{1000, 3000, 10_000, 30_000}
	c := plotting.Trend(
		plotting.Series{Name: "8 wide", X: n, Y: []float64{.09, .1, .08, math.NaN()},
			Lower: []float64{.07, .08, .06, math.NaN()}, Upper: []float64{.12, .13, .11, math.NaN()}},
		plotting.Series{Name: "128 wide", X: n, Y: []float64{.04, .02, .011, .006},
			Lower: []float64{.03, .016, .009, .004}, Upper: []float64{.075, .026, .013, .008}},
	).Labelled("samples", "symmetry bias")
	save(c.Titled("more samples, less bias"), "trend.png")
	// Output:
}

func ExampleScatter() {
	c := plotting.Scatter(
		plotting.Series{Name: "depth 1", X: []float64{.09, .07, .05}, Y: []float64{.05, .03, .015}},
		plotting.Series{Name: "depth 3", X: []float64{.004, .002, .0009, 0}, Y: []float64{.009, .004, .002, .001}},
	).Labelled("test loss", "symmetry bias")
	save(c.Titled("fit and symmetry"), "scatter.png")
	// Output:
}

func ExampleTable() {
	bias := mat.NewDense(3, 4, []float64{.1, .016, .013, .012, .02, .005, .0043, math.NaN(), .014, .0027, .0023, .0021})
	c := plotting.Table([]string{"8", "32", "128"}, []string{"1", "2", "3", "4"}, bias)
	save(c.Labelled("depth", "width").Titled("symmetry bias"), "table.png")
	// Output:
}

// Nothing to draw leaves finite axes, and misuse says what is wrong.
func TestTrendOfNothing(t *testing.T) {
	for _, c := range []*plotting.Chart{
		plotting.Trend(), plotting.Scatter(),
		plotting.Trend(plotting.Series{X: []float64{-1, 0, math.Inf(1)}, Y: []float64{1, 2, 3}}),
		plotting.Scatter(plotting.Series{X: []float64{5}, Y: []float64{-1}}),
		plotting.Scatter(plotting.Series{X: []float64{5}, Y: []float64{7}}),
	} {
		for _, v := range []float64{c.X.Min, c.X.Max, c.Y.Min, c.Y.Max} {
			if !(v > 0) || math.IsInf(v, 1) {
				t.Errorf("axes from (%v, %v) to (%v, %v)", c.X.Min, c.Y.Min, c.X.Max, c.Y.Max)
			}
		}
		if err := plotting.Save(c, t.TempDir()+"/nothing.png"); err != nil {
			t.Error(err)
		}
	}
}

func TestTrendMisused(t *testing.T) {
	for want, draw := range map[string]func(){
		"series[0] has no X":                      func() { plotting.Trend(plotting.Series{Y: []float64{1}}) },
		"Scatter: series[0] has 2 values of X":    func() { plotting.Scatter(plotting.Series{X: []float64{1, 2}, Y: []float64{1}}) },
		"Trend: series[0] has 1 values of Lower":  func() { plotting.Trend(plotting.Series{X: []float64{1}, Y: []float64{1}, Lower: []float64{1}}) },
		"m is 1×2 with 1 labels of rows and 1 of": func() { plotting.Table([]string{"a"}, []string{"b"}, mat.NewDense(1, 2, nil)) },
	} {
		func() {
			defer func() {
				if r, _ := recover().(string); !strings.Contains(r, want) {
					t.Errorf("panicked with %q, want %q", r, want)
				}
			}()
			draw()
		}()
	}
}
