package flow

import (
	"fmt"
	"math"
	"slices"

	"github.com/liegg/lab/liegg"
	"github.com/liegg/lab/liegg/internal/spelling"
)

// Thresholds of a finding; see Judge. They were chosen on images of digits. For classifiers
// of rotated digits, the level along the span was .04–.12 when Δ along the other flows had
// reached .5 and more, and ρ was .31–.38 of ρ_ref. For all controls but one (classifiers of
// upright digits, shuffled labels, random networks), the other flows had reached at most 2.5
// times the level, and ρ was .42–.86 of ρ_ref.
const (
	mostAlong   = 3                     // largest Δ along a span, in tolerances
	lostAt      = 5                     // smallest Δ along others, in tolerances, and
	timesAlong  = 3                     // in units of the Δ along the span,
	timesSooner = 2.5                   // reached this much sooner along others;
	gapOfDelta  = enoughGap * enoughGap // or this many times the Δ along the span, reached as soon
	mostShare   = .5                    // largest ρ, in units of ρ_ref
)

// enoughVaried is the number of samples that must carry Var f.
const enoughVaried = 20

// find decides from the flows that were followed.
func (r *Rung) find(tolerance float64) {
	r.Finding, r.Reason, r.alike = Undecided, "", false
	t, ok := r.confirmedTo(tolerance)
	if !ok && r.unchangedBeside(tolerance) {
		t, ok = r.reach(), true
	}
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
	case ok && r.changesSteadily() && r.lostBy(lostAt*tolerance) < math.Inf(1):
		r.Reason = fmt.Sprintf("along %s answers hold to t = %.2g, along others at most to %.2g, but they change steadily as gradients foretell, and are lost by t = %.2g: they are slower to change, and not kept",
			r.flows(), r.Holds, r.Others, r.lostBy(lostAt*tolerance))
	case ok:
		r.Finding = Confirmed
	default:
		r.doubt(tolerance)
	}
}

// doubtDependence leaves a rung undecided if samples depend on each other, unless its flows
// change f by no more than rounding does.
func (r *Rung) doubtDependence(doubts []string) {
	if len(doubts) == 0 || r.Finding == Undecided || r.Finding == Confirmed && r.Delta <= unchanged {
		return
	}
	r.Finding, r.Reason = Undecided, fmt.Sprintf("along %s answers hold to t = %.2g, but %s", r.flows(), r.Holds, doubts[0])
}

// doubtFew leaves a rung undecided if a few samples that have most of the gradient break it. Δ is
// then that of a bounded function of the outputs, which hides them.
func (r *Rung) doubtFew(v *liegg.Verdict) {
	if few := v.BrokenByFew(r.Dim); few != "" && r.Finding == Confirmed && r.Delta > unchanged {
		r.Finding, r.Reason = Undecided, fmt.Sprintf("along %s answers hold to t = %.2g, but %s", r.flows(), r.Holds, few)
	}
}

// doubtGradients leaves a rung undecided if, by gradients, f changes along it nearly as much as
// along unrelated directions. Flows that end near where they began, as for rotated images,
// may keep the answers of a network that jitters everywhere.
func (r *Rung) doubtGradients(reference float64) {
	if share := r.Defect.Value / reference; r.Finding == Confirmed && share > mostShare {
		r.Finding, r.Reason = Undecided, fmt.Sprintf("along %s answers hold to t = %.2g, but gradients speak against it: ρ is %.0f %% of its value for unrelated directions, and at most %.0f %% for a symmetry", r.flows(), r.Holds, 100*share, 100*mostShare)
	}
}

// doubt gives the reason why a rung is not confirmed.
func (r *Rung) doubt(tolerance float64) {
	reach := r.reach()
	lost := r.lostBy(tolerance)
	standing := 0
	for _, c := range r.Beside {
		if !c.changedBy(reach, r.level(r.Holds), tolerance, r.floor(tolerance)) {
			standing++
		}
	}
	switch {
	case lost <= reach:
		r.Finding = Refuted
		r.Reason = fmt.Sprintf("along %s answers are lost by t = %.2g, and not clearly more slowly than along others", r.flows(), lost)
	case r.Others >= r.Holds:
		r.alike = true
		r.Reason = fmt.Sprintf("along %s answers hold to t = %.2g, but so they do along other flows of the same speed", r.flows(), r.Holds)
	default:
		r.Reason = fmt.Sprintf("along %s answers hold to t = %.2g, but along %d of %d others they have not clearly changed by then: flows leave the data, or inputs are too few", r.flows(), r.Holds, standing, len(r.Beside))
	}
}

// flows returns "its flow" or "their flows".
func (r *Rung) flows() string {
	if r.Dim == 1 {
		return "its flow"
	}
	return "their flows"
}

// generators returns "the generator" or "the 3 generators".
func (r *Rung) generators() string { return spelling.The(r.Dim, "generator") }

// confirmedTo returns the largest t up to which the answers stay along the span while they
// clearly change along all others.
func (r *Rung) confirmedTo(tolerance float64) (t float64, ok bool) {
	for _, along := range r.Along {
		for _, at := range along.T {
			level := r.level(at)
			lost := func(c *Curve) bool { return c.changedBy(at, level, tolerance, r.floor(tolerance)) }
			if at > t && at <= r.reach() && level <= mostAlong*tolerance && all(r.Beside, lost) {
				t, ok = at, true
			}
		}
	}
	return t, ok
}

// unchangedBeside reports whether the flows of a span that gradients are sure of change f by no more
// than rounding, as far as they were followed, and the others clearly change it, but for some that
// soon leave the data.
func (r *Rung) unchangedBeside(tolerance float64) bool {
	reach, lost := r.reach(), false
	level := r.level(reach)
	return r.firm && level <= unchanged && all(r.Beside, func(c *Curve) bool {
		changed := c.changedBy(reach, level, tolerance, r.floor(tolerance))
		lost = lost || changed
		return changed || c.T[len(c.T)-1] < reach
	}) && lost
}

func all(curves []*Curve, is func(c *Curve) bool) bool {
	return !slices.ContainsFunc(curves, func(c *Curve) bool { return !is(c) })
}

// steadily is the least growth of Δ while t doubles that shows no more than a slow change: gradients
// alone foretell four.
const steadily = 3

// changesSteadily reports whether answers hold for a while only because they change slowly: Δ grows with
// t². A symmetry that a network has learned for a range of t has a small Δ there, which does not grow so.
// It is false if gradients are sure of the generators.
func (r *Rung) changesSteadily() bool {
	return !r.firm && r.level(r.Holds) >= steadily*r.level(r.Holds/2)
}

// lostBy returns the first t at which Δ is certainly above a level along the span; +Inf if it never is.
func (r *Rung) lostBy(level float64) float64 {
	lost := math.Inf(1)
	for _, c := range r.Along {
		if i := slices.IndexFunc(c.Lower, func(lower float64) bool { return lower > level }); i >= 0 {
			lost = min(lost, c.T[i])
		}
	}
	return lost
}

// reach returns how far all flows of the span were followed.
func (r *Rung) reach() float64 {
	t := math.Inf(1)
	for _, c := range r.Along {
		t = min(t, c.T[len(c.T)-1])
	}
	return t
}

// holdsTo returns how far Δ certainly stays within a level along the span.
func (r *Rung) holdsTo(level float64) float64 {
	t := math.Inf(1)
	for _, c := range r.Along {
		t = min(t, c.holdsTo(level))
	}
	return t
}

// level returns the largest upper bound of Δ along the span from 0 to the first points at or
// beyond t. An answer that changes and comes back counts as changed.
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

// floor returns the smallest Δ that others must reach: the tolerance, or a tenth of it if the
// gradients are sure of the generators.
func (r *Rung) floor(tolerance float64) float64 {
	if r.firm {
		return tolerance / 10
	}
	return tolerance
}

// changedBy reports whether Δ has clearly exceeded a level that holds up to t along the span:
// its lower bound reached three times the level and five tolerances long before t, or 25
// times the level and the floor by t.
func (c *Curve) changedBy(t, level, tolerance, floor float64) bool {
	for i, lower := range c.Lower {
		if c.T[i] > t {
			return false
		}
		if lower >= max(timesAlong*level, lostAt*tolerance) && c.T[i]*timesSooner <= t || lower > floor && lower >= gapOfDelta*level {
			return true
		}
	}
	return false
}
