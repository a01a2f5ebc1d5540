package flow

import (
	"strings"
	"testing"

	"github.com/liegg/lab/liegg"
)

// Finite flows that refute what gradients are sure of leave the verdict open.
func TestRefutedRungLeavesTheVerdictOpen(t *testing.T) {
	for _, c := range []struct {
		r    Rung
		open bool
	}{
		{Rung{Dim: 3, Finding: Refuted, Reason: "answers are lost", firm: true}, true},
		{Rung{Dim: 3, Finding: Undecided, broken: "output 2 breaks the generators", firm: true}, true},
		{Rung{Dim: 3, Finding: Refuted, Reason: "answers are lost"}, false}, // of candidates that the verdict is not sure of
		{Rung{Dim: 3, Finding: Confirmed, firm: true}, false},
		{Rung{Dim: 3, Finding: Undecided, Reason: "flows leave the data", firm: true}, false},
	} {
		v := &liegg.Verdict{Answer: liegg.Symmetric, Dim: 3}
		c.r.doubtVerdict(v)
		if open := v.Answer == liegg.Undetermined; open != c.open || open && !strings.Contains(v.Reasons[0], c.r.Reason+c.r.broken) {
			t.Errorf("%v: got %v, %q", c.r.Finding, v.Answer, v.Reasons)
		}
	}
}
