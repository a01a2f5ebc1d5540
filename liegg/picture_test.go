package liegg_test

import (
	"testing"

	"github.com/liegg/lab/liegg"
	"github.com/liegg/lab/liegg/lie/classification"
	"github.com/liegg/lab/plotting"
)

var _ plotting.Evidence = (*liegg.Verdict)(nil)

func TestDecision(t *testing.T) {
	so3 := &classification.Identity{Name: "so(3)"}
	for _, c := range []struct {
		v       liegg.Verdict
		answer  string
		counted int
	}{
		{liegg.Verdict{Answer: liegg.Undetermined, Dim: 3}, "undetermined", -1},
		{liegg.Verdict{Answer: liegg.None}, "no generator", 0},
		{liegg.Verdict{Answer: liegg.Symmetric, Dim: 3, Identity: so3}, "3 generators, so(3)", 3},
		{liegg.Verdict{Answer: liegg.Symmetric, Dim: 1}, "1 generator", 1},
		{liegg.Verdict{Answer: liegg.Approximate, Dim: 3, Identity: so3}, "approximately 3 generators, so(3)", 3},
	} {
		c.v.Threshold = .07
		if answer, counted, threshold := c.v.Decision(); answer != c.answer || counted != c.counted || threshold != .07 {
			t.Errorf("%v with %d: %q, %d, %v, want %q, %d", c.v.Answer, c.v.Dim, answer, counted, threshold, c.answer, c.counted)
		}
	}
}

func TestLadder(t *testing.T) {
	v := liegg.Verdict{Rungs: []liegg.Rung{{Dim: 1, Bound: .01, Identity: &classification.Identity{Name: "so(2)"}}, {Dim: 4, Bound: .2}}}
	sizes, bounds, names := v.Ladder()
	if len(sizes) != 2 || sizes[0] != 1 || sizes[1] != 4 || bounds[0] != .01 || bounds[1] != .2 || names[0] != "so(2)" || names[1] != "" {
		t.Errorf("%v, %v, %q", sizes, bounds, names)
	}
}
