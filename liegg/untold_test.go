package liegg

import (
	"math"
	"strings"
	"testing"
)

// A part of too few samples, whose measured defect is above the threshold, is not passed over in
// silence.
func TestBreakdownTellsOfTooFewSamples(t *testing.T) {
	unknown := Interval{math.NaN(), math.NaN()}
	b := &Breakdown{Of: "label", Dim: 1, All: &Verdict{Answer: Symmetric, Dim: 1, Threshold: .05}, Parts: []Part{
		{Name: "common", Samples: 4000, Defect: Estimate{Value: .01, Interval: Interval{.009, .011}}},
		{Name: "rare", Samples: 12, Defect: Estimate{Value: .5, Interval: unknown}},
	}}
	if got := b.summary(); !strings.Contains(got, "no label is known to break them, but label rare has ρ above the threshold, and too few samples to tell") {
		t.Errorf("got %q", got)
	}
	b.Parts[1].Defect.Value = .02
	if got := b.summary(); strings.Contains(got, "too few") {
		t.Errorf("got %q", got)
	}
}
