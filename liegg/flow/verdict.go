package flow

import (
	"fmt"
	"slices"
)

// Verdict is the answer of a test of equivalence. It considers gradients and the finite flow
// together, so neither contradicts it:
//
//   - Invariant requires that the upper bound of ρ is within the margin; that the change η over
//     one extent of the data is at most .2 of the spread of f; and that the upper bound of Δ is
//     within Settings.Tolerance all along the finite flow, up to one extent of the data or to
//     where the flow leaves the data.
//   - Broken requires that one of the three certainly exceeds its limit: the lower bound of ρ the
//     margin, the lower bound of η .2, or the lower bound of Δ the tolerance.
//   - All else is Undetermined, with the reasons. So is a result that rests on too few samples
//     (see Influence) or on samples that depend on each other; a change that gradients do not see;
//     an invariance that a single output or a few samples break; and one that holds over one extent of
//     the data but is lost farther on along Result.Curve.
//
// If f changes by η of its spread over one extent of the data, Δ there is about η²/2.
// Verdicts by gradients have the same bound on η (liegg.Variation).
type Verdict int

const (
	// Undetermined: an interval contains its limit, or the data decide nothing.
	Undetermined Verdict = iota
	// Invariant: all upper bounds are within their limits.
	Invariant
	// Broken: a lower bound exceeds its limit.
	Broken
)

// String is "invariant", "broken" or "undetermined".
func (v Verdict) String() string { return [...]string{"undetermined", "invariant", "broken"}[v] }

// mostVariation is the largest η of a symmetry.
const mostVariation = .2

// judge compares an interval with a margin. A value that is not rejected is no evidence of
// symmetry. Only an upper bound is.
func judge(i Interval, margin float64) Verdict {
	switch {
	case i.Upper <= margin:
		return Invariant
	case i.Lower > margin:
		return Broken
	}
	return Undetermined
}

// unchanged is the largest Δ that rounding alone explains.
const unchanged = 1e-9

// doubt makes an answer Undetermined unless it is Broken.
func (r *Result) doubt(reason string) {
	if r.Verdict != Broken {
		r.Verdict, r.Reasons = Undetermined, append(r.Reasons, reason)
	}
}

// settle compares the verdict with the whole curve. An invariance that is certainly lost
// farther on than one extent of the data is Undetermined, not Broken.
func (r *Result) settle() {
	if i := slices.IndexFunc(r.Curve.Lower, func(δ float64) bool { return δ > r.Curve.Tolerance }); i >= 0 && r.Verdict == Invariant {
		r.doubt(fmt.Sprintf("along the finite flow Δ ≤ %.2g holds over one extent of the data (t = %.2g), but certainly no longer at t = %.2g", r.Curve.Tolerance, r.Followed, r.Curve.T[i]))
	}
}

// decide gives the verdict on the measured quantities. doubts are reasons to give none.
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

// broken says what breaks the invariance. It does not repeat ρ, which comes first in the text
// of a result.
func (r *Result) broken(what string, value Interval, margin float64) {
	within := r.Defect.Upper <= r.Margin
	r.Verdict, r.Reasons = Broken, nil
	if within {
		r.Reasons = []string{fmt.Sprintf("%s = %v (95 %%) is beyond %.2g, although ρ is within %.2g", what, value, margin, r.Margin)}
	}
}
