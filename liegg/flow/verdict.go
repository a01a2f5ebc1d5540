package flow

import (
	"fmt"
	"slices"
)

// Verdict is what a test of equivalence says. What gradients say and what the finite
// flow does are taken together, so that neither contradicts it:
//
//   - Invariant needs the upper bound of ρ within the margin; the change η over one
//     extent of the data at most .2 of the spread of f; and Δ ≤ Settings.Tolerance,
//     upper bound, all along the finite flow up to one extent of the data, or to where
//     the flow leaves the data.
//   - Broken needs one of them certainly beyond: the lower bound of ρ above the margin,
//     that of η above .2, or that of Δ above the tolerance.
//   - All else is Undetermined, with the reasons. So is what rests on too few samples (see
//     Influence) or on samples that depend on each other; what f does where its gradients
//     do not see it; an invariance that one output certainly breaks by itself; and one that
//     holds over one extent of the data, but is lost farther on along Result.Curve.
//
// Where f changes by η of its spread over one extent of the data, Δ there is about η²/2.
// Verdicts by gradients have the same bound on η (liegg.Variation).
type Verdict int

const (
	// Undetermined: an interval contains its bound, or the data say nothing.
	Undetermined Verdict = iota
	// Invariant: all upper bounds are within.
	Invariant
	// Broken: a lower bound is beyond.
	Broken
)

// String is "invariant", "broken" or "undetermined".
func (v Verdict) String() string { return [...]string{"undetermined", "invariant", "broken"}[v] }

// mostVariation is the largest η of a symmetry.
const mostVariation = .2

// judge compares an interval with a margin. A value that is not rejected is no
// evidence of symmetry: only an upper bound is.
func judge(i Interval, margin float64) Verdict {
	switch {
	case i.Upper <= margin:
		return Invariant
	case i.Lower > margin:
		return Broken
	}
	return Undetermined
}

// unchanged is the Δ up to which nothing changes but by rounding.
const unchanged = 1e-9

// doubt takes an answer back that is not Broken.
func (r *Result) doubt(reason string) {
	if r.Verdict != Broken {
		r.Verdict, r.Reasons = Undetermined, append(r.Reasons, reason)
	}
}

// settle compares the verdict with the whole curve: what certainly breaks the bound of Δ
// farther on than one extent of the data is no symmetry, though hardly broken.
func (r *Result) settle() {
	if i := slices.IndexFunc(r.Curve.Lower, func(δ float64) bool { return δ > r.Curve.Tolerance }); i >= 0 && r.Verdict == Invariant {
		r.doubt(fmt.Sprintf("along the finite flow Δ ≤ %.2g holds over one extent of the data (t = %.2g), but certainly no longer at t = %.2g", r.Curve.Tolerance, r.Followed, r.Curve.T[i]))
	}
}

// decide gives the verdict on what was measured; doubts are reasons for none.
func (r *Result) decide(doubts []string, tolerance float64) {
	r.Reasons = doubts
	if len(doubts) > 0 {
		return
	}
	r.Verdict = Invariant
	for _, c := range []struct {
		what   string
		value  Interval
		margin float64
	}{
		{"ρ", r.Defect, r.Margin},
		{fmt.Sprintf("the change η over one extent of the data (t = %.2g)", r.Extent), r.Variation, mostVariation},
		{fmt.Sprintf("Δ along the finite flow up to t = %.2g", r.Followed), r.Finite, tolerance},
	} {
		switch judge(c.value, c.margin) {
		case Broken:
			r.broken(c.what, c.value, c.margin)
			return
		case Undetermined:
			r.Verdict = Undetermined
			r.Reasons = append(r.Reasons, fmt.Sprintf("%s = %v (95 %%) is neither certainly within %.2g nor beyond", c.what, c.value, c.margin))
		}
	}
}

// broken says what breaks it, unless that is ρ, of which the result speaks first.
func (r *Result) broken(what string, value Interval, margin float64) {
	within := r.Defect.Upper <= r.Margin
	r.Verdict, r.Reasons = Broken, nil
	if within {
		r.Reasons = []string{fmt.Sprintf("%s = %v (95 %%) is beyond %.2g, although ρ is within %.2g", what, value, margin, r.Margin)}
	}
}
