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
	if got := b.summary(); !strings.Contains(got, "no label is known to break the symmetry, but label rare has ρ above the threshold, and too few samples to tell") {
		t.Errorf("got %q", got)
	}
	b.Parts[1].Defect.Value = .02
	if got := b.summary(); strings.Contains(got, "too few") {
		t.Errorf("got %q", got)
	}
}

// Parts are said to break a symmetry only if all together have one.
func TestOnlyASymmetryIsBroken(t *testing.T) {
	parts := []Part{
		{Name: "a", Samples: 4000, Defect: Estimate{Value: .5, Interval: Interval{.4, .6}}},
		{Name: "b", Samples: 4000, Defect: Estimate{Value: .01, Interval: Interval{.009, .011}}},
	}
	for _, c := range []struct {
		answer   Answer
		all, dim int // generators of all, and directions that are compared
		broken   []int
		want     []string
		not      string
	}{
		{Symmetric, 1, 1, nil, []string{"the generator that all have", "no label is known to break the symmetry"}, "combinations"},
		{Symmetric, 3, 3, []int{0}, []string{"the 3 generators that all have", "label a breaks the symmetry: ρ = 0.50", "of the other ρ ≤ 0.011"}, "nearest"},
		{Symmetric, 1, 3, []int{0}, []string{"the 3 directions that come nearest", "not symmetries of label a: ρ = 0.50"}, "break the"},
		{None, 0, 1, []int{0, 1}, []string{"the direction that comes nearest", "no common symmetry", "no symmetry of labels a, b: ρ = 0.50"}, "breaks"},
		{None, 0, 1, nil, []string{"no common symmetry", "no label by itself", "label a has ρ above"}, "breaks"},
		{Undetermined, 1, 1, nil, []string{"the direction that comes nearest", "no label by itself"}, "no common symmetry"},
	} {
		b := &Breakdown{Of: "label", Dim: c.dim, Broken: c.broken, Parts: parts, All: &Verdict{Answer: c.answer, Dim: c.all, Threshold: .05}}
		got := b.summary()
		for _, want := range c.want {
			if !strings.Contains(got, want) {
				t.Errorf("%v, %d of %d: got %q, want %q", c.answer, c.dim, c.all, got, want)
			}
		}
		if strings.Contains(got, c.not) {
			t.Errorf("%v, %d of %d: got %q with %q", c.answer, c.dim, c.all, got, c.not)
		}
	}
}

// The headline says what trivial generators do: some leave the data where they are, if there are any,
// and f hardly changes along others, if it changes at all.
func TestHeadlineExplainsTrivialGenerators(t *testing.T) {
	for _, c := range []struct {
		unmoved int
		unfelt  float64
		still   bool
		what    string
	}{{1, 0, true, "f does not change"}, {0, 0, false, "f does not change"}, {0, .01, false, "f hardly changes"}} {
		v := &Verdict{Answer: None, Ignored: 3, Unfelt: c.unfelt, Spectrum: &Spectrum{Unmoved: c.unmoved}, Defects: []Estimate{{Value: .5}}}
		if got := v.headline(); !strings.HasPrefix(got, "none") || strings.Contains(got, "leave every sample where it is") != c.still || !strings.Contains(got, c.what) {
			t.Errorf("%d unmoved, ρ ≤ %g: got %q", c.unmoved, c.unfelt, got)
		}
	}
}
