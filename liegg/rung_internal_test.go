package liegg

import "testing"

// A rung whose first direction the threshold may cut is at the threshold by the same measure that
// leaves the number of symmetries open. So the answer names the rung, and is not undetermined.
func TestStandingOfFittedDirections(t *testing.T) {
	for _, c := range []struct {
		lower, fitted float64
		want          Standing
		answer        Answer
	}{
		{.033, .0325, Above, Approximate},
		{.033, .0315, AtThreshold, Approximate},
		{.031, .034, AtThreshold, Approximate},
	} {
		plateau := Estimate{Value: .035, Interval: Interval{Lower: c.lower, Upper: .036}, Fitted: c.fitted}
		beyond := Estimate{Value: .31, Interval: Interval{Lower: .3, Upper: .32}, Fitted: .31}
		v := &Verdict{Threshold: .032, Considered: 3, Rule: Rule{Gap: 5}, Spectrum: &Spectrum{}, Defects: []Estimate{plateau, plateau, beyond}}
		if got := v.standing(0, 2); got != c.want {
			t.Errorf("lower %g, fitted %g: %v, want %v", c.lower, c.fitted, got, c.want)
		}
		v.Rungs = []Rung{{Dim: 2, Standing: v.standing(0, 2)}}
		if v.decide(nil, v.edges(v.Threshold)); v.Answer != c.answer || v.Dim != 2 {
			t.Errorf("lower %g, fitted %g: %v, %d generators", c.lower, c.fitted, v.Answer, v.Dim)
		}
	}
}
