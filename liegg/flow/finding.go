package flow

import (
	"fmt"
	"math"
	"slices"
)

// What makes a finding; see Judge. On images of digits the levels were, of classifiers that
// read turned ones, .04–.12 where others had come to .5 and more, while of all controls,
// classifiers of upright digits, shuffled labels and random networks, others had 2.5 times
// the level at most, but for one of shuffled labels. ρ was .31–.38, and in controls .42–.86,
// of ρ_ref.
const (
	mostAlong  = 3                     // tolerances, the largest Δ along a span
	lostAt     = 5                     // tolerances, the least Δ along others, and
	clearly    = 3                     // times the Δ along the span,
	farther    = 2.5                   // times as far as others have come to that;
	gapOfDelta = enoughGap * enoughGap // or so many times the Δ along the span, as far
	mostShare  = .5                    // of ρ_ref, the largest ρ
)

// enoughVaried is the number of samples that Var f must rest on.
const enoughVaried = 20

// find decides by the flows that were followed.
func (r *Rung) find(tolerance float64) {
	r.Finding, r.Reason = Undecided, ""
	t, ok := r.confirmedTo(tolerance)
	if r.Holds = t; !ok {
		r.Holds = r.holdsTo(tolerance)
	}
	r.Delta = r.level(r.Holds)
	r.Others = 0
	for _, c := range r.Beside {
		r.Others = max(r.Others, c.holdsTo(max(tolerance, r.Delta)))
	}
	switch effective := r.Along[0].Effective; {
	case effective < enoughVaried:
		r.Reason = restsOnFew(effective)
	case len(r.Beside) == 0:
		r.Reason = "there are no other flows to compare with"
	case ok:
		r.Finding = Confirmed
	default:
		r.doubt(tolerance)
	}
}

// depend leaves a rung undecided where samples depend on each other, unless its flows change
// nothing to rounding.
func (r *Rung) depend(doubts []string) {
	if len(doubts) == 0 || r.Finding == Undecided || r.Finding == Confirmed && r.Delta <= unchanged {
		return
	}
	r.Finding, r.Reason = Undecided, fmt.Sprintf("along %s answers hold to t = %.2g, but %s", r.flows(), r.Holds, doubts[0])
}

// contradict leaves a rung undecided along which f changes, by gradients, nearly as much
// as along unrelated directions: flows that end near where they began, as turned images
// do, may keep the answers of a network that jitters everywhere.
func (r *Rung) contradict(reference float64) {
	if share := r.Defect.Value / reference; r.Finding == Confirmed && share > mostShare {
		r.Finding, r.Reason = Undecided, fmt.Sprintf("along %s answers hold to t = %.2g, but by gradients they change along it at %.0f %% of unrelated directions, %.0f %% are the most for a symmetry", r.flows(), r.Holds, 100*share, 100*mostShare)
	}
}

// doubt says why a rung is not confirmed.
func (r *Rung) doubt(tolerance float64) {
	reach := r.reach()
	lost := math.Inf(1) // where Δ is certain to be above the tolerance
	for _, c := range r.Along {
		if i := slices.IndexFunc(c.Lower, func(lower float64) bool { return lower > tolerance }); i >= 0 {
			lost = min(lost, c.T[i])
		}
	}
	standing := 0
	for _, c := range r.Beside {
		if !c.lostBy(reach, r.level(r.Holds), tolerance, r.floor(tolerance)) {
			standing++
		}
	}
	switch {
	case lost <= reach:
		r.Finding = Refuted
		r.Reason = fmt.Sprintf("along %s answers are lost by t = %.2g, and along others not clearly more", r.flows(), lost)
	case r.Others >= r.Holds:
		r.Reason = fmt.Sprintf("along %s answers hold to t = %.2g, but so they do along others as fast", r.flows(), r.Holds)
	default:
		r.Reason = fmt.Sprintf("along %s answers hold to t = %.2g, but along %d of %d others they are not clearly lost by then: flows leave the data, or inputs are too few", r.flows(), r.Holds, standing, len(r.Beside))
	}
}

// flows are one or several.
func (r *Rung) flows() string {
	if r.Dim == 1 {
		return "its flow"
	}
	return "their flows"
}

// confirmedTo is the largest t up to which the answers stay along the span, while they
// are clearly lost along all others.
func (r *Rung) confirmedTo(tolerance float64) (t float64, ok bool) {
	for _, along := range r.Along {
		for _, at := range along.T {
			level := r.level(at)
			lost := func(c *Curve) bool { return c.lostBy(at, level, tolerance, r.floor(tolerance)) }
			if at > t && at <= r.reach() && level <= mostAlong*tolerance && all(r.Beside, lost) {
				t, ok = at, true
			}
		}
	}
	return t, ok
}

func all(curves []*Curve, is func(c *Curve) bool) bool {
	return !slices.ContainsFunc(curves, func(c *Curve) bool { return !is(c) })
}

// reach is how far all flows of the span were followed.
func (r *Rung) reach() float64 {
	t := math.Inf(1)
	for _, c := range r.Along {
		t = min(t, c.T[len(c.T)-1])
	}
	return t
}

// holdsTo is how far a Δ is certain not to be passed along the span.
func (r *Rung) holdsTo(level float64) float64 {
	t := math.Inf(1)
	for _, c := range r.Along {
		t = min(t, c.holdsTo(level))
	}
	return t
}

// level is the largest upper bound of Δ along the span from 0 to the first points at or
// beyond t: what comes back later has been lost.
func (r *Rung) level(t float64) float64 {
	largest := 0.0
	for _, c := range r.Along {
		for i, upper := range c.Upper {
			if i > 0 && c.T[i-1] >= t {
				break
			}
			largest = max(largest, upper)
		}
	}
	return largest
}

// floor is what others must come to at least: the tolerance, or a tenth of it beside
// generators that gradients are sure of.
func (r *Rung) floor(tolerance float64) float64 {
	if r.firm {
		return tolerance / 10
	}
	return tolerance
}

// lostBy says whether Δ has clearly been above a level that holds to t along the span: by
// its lower bound three times the level and five tolerances, long before t; or 25 times the
// level and above the floor by t.
func (c *Curve) lostBy(t, level, tolerance, floor float64) bool {
	for i, lower := range c.Lower {
		if c.T[i] > t {
			return false
		}
		if lower >= max(clearly*level, lostAt*tolerance) && c.T[i]*farther <= t || lower > floor && lower >= gapOfDelta*level {
			return true
		}
	}
	return false
}
