package trials

import (
	"testing"

	"github.com/liegg/lab/liegg"
	"github.com/liegg/lab/liegg/flow"
)

// A control must have nothing, a classifier of turned digits a rotation.
func TestOutcomeOfClassifiers(t *testing.T) {
	rotation := []flow.Rung{{Dim: 1, Name: "a rotation about the centre (0.4°)", Finding: flow.Confirmed}}
	shear := []flow.Rung{{Dim: 1, Finding: flow.Confirmed}}
	for _, c := range []struct {
		name    string
		control bool
		answer  liegg.Answer
		rungs   []flow.Rung
		want    Outcome
	}{
		{"found", false, liegg.None, rotation, Right},
		{"another", false, liegg.None, shear, False},
		{"nothing", false, liegg.None, []flow.Rung{{Dim: 1, Reason: "flows leave the data"}}, Open},
		{"a control", true, liegg.Undetermined, []flow.Rung{{Dim: 1}}, Right},
		{"a control that turns", true, liegg.None, rotation, False},
		{"a control with a symmetry by gradients", true, liegg.Symmetric, nil, False},
		{"a control with a rung", true, liegg.Approximate, nil, Rung},
	} {
		got, reasons := classifier{control: c.control}.outcome(&flow.Judgement{Verdict: &liegg.Verdict{Answer: c.answer}, Rungs: c.rungs}, .95)
		if got != c.want || (got == Open) != (len(reasons) > 0) {
			t.Errorf("%s: %s %q, want %s", c.name, got, reasons, c.want)
		}
	}
}
