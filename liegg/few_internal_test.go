package liegg

import (
	"strings"
	"testing"
)

// What few samples break is a doubt unless the misfit explains it, up to twice the threshold. Then
// the text says so.
func TestMisfitAtFewSamples(t *testing.T) {
	influence := new(Influence)
	influence.Count(7, 1, .5)
	for _, c := range []struct {
		byFew, missing float64
		broken         bool
	}{{.03, 0, false}, {.06, 0, true}, {.06, .01, true}, {.06, .03, false}, {.09, .03, true}, {.09, .5, true}} {
		v := &Verdict{Answer: Symmetric, Dim: 1, below: 1, Threshold: .04, Influence: influence, byFew: []float64{c.byFew}, missing: c.missing}
		if got := v.BrokenByFew(1); (got != "") != c.broken {
			t.Errorf("ρ = %g at few samples, misfit %g: %q", c.byFew, c.missing, got)
		}
		var b strings.Builder
		v.writeByFew(&b)
		if says := b.Len() > 0; says != (c.byFew > v.Threshold) {
			t.Errorf("ρ = %g at few samples, threshold %g: the text says %q", c.byFew, v.Threshold, b.String())
		}
	}
}

// A rung above the threshold may have twice its defect at few samples.
func TestRungAtFewSamples(t *testing.T) {
	influence := new(Influence)
	influence.Count(7, 1, .5)
	for byFew, broken := range map[float64]bool{.07: false, .13: false, .15: true, .6: true} {
		v := &Verdict{Answer: Approximate, Dim: 1, Threshold: .04, Influence: influence, byFew: []float64{byFew}, Spectrum: &Spectrum{},
			Defects: []Estimate{{Value: .06, Interval: Interval{Lower: .05, Upper: .07}}}}
		if got := v.BrokenByFew(1); (got != "") != broken {
			t.Errorf("ρ ≤ .07, and %g at few samples: %q", byFew, got)
		}
	}
}
