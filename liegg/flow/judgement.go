package flow

import (
	"fmt"
	"slices"
	"strings"

	"github.com/liegg/lab/liegg"
	"github.com/liegg/lab/liegg/lie"
)

// Finding is what finite flows say of generators that gradients suggest.
type Finding int

const (
	// Undecided: the flows end before they tell, or intervals are too wide.
	Undecided Finding = iota
	// Confirmed: along the generators the answers stay, and along all others they are
	// lost.
	Confirmed
	// Refuted: along the generators the answers are lost about as soon as along
	// others.
	Refuted
)

// String is "undecided", "confirmed" or "refuted".
func (f Finding) String() string { return [...]string{"undecided", "confirmed", "refuted"}[f] }

// Judgement is the infinitesimal verdict with the finite one on the same inputs; see
// Judge.
type Judgement struct {
	// Verdict is the answer of network.Judge, by gradients.
	Verdict *liegg.Verdict
	// Rungs are the candidates that finite flows were asked about, ascending in Dim.
	Rungs []Rung
	// Samples is the number of inputs, and Followed the number of those that were followed
	// along finite flows. Moved is how many moved inputs went through the network in all:
	// the cost of flows, on top of the cost of Verdict.
	Samples, Followed, Moved int
	// Frame says what moved inputs show where they come from outside their frame, such as
	// "continued by reflection"; "" for the default, a background. See action.Frame.
	Frame string
}

// Rung is a number of generators that were asked to stand the test of finite flows.
type Rung struct {
	Dim int
	// Algebra is spanned by them. Refined says that they were fitted to finite flows on
	// half of the inputs, as by Refine; else they are those of the verdict.
	Algebra lie.Algebra
	Refined bool
	// Name is what they are, such as "a rotation about the centre (0.35°)" or
	// "so(3)"; "" if there is no name.
	Name string
	// Defect is ρ of the last of them in the verdict, its Value 0 where that is not
	// known.
	Defect liegg.Estimate

	// Finding is the answer, with the Reason where it is not Confirmed.
	Finding Finding
	Reason  string
	// Holds is how far the answers hold along all of them, and Delta the largest upper
	// bound of Δ up to there: the t of Judge if it is confirmed, and else the largest t up
	// to which Δ ≤ Settings.Tolerance is certain. Others is the largest t up to which
	// Δ ≤ Delta, or the tolerance if that is more, is certain along any of the others. All
	// flows have one speed, and t is that of lie.UnitSpeed for the generators: of a
	// rotation, an angle.
	Holds, Delta, Others float64
	// Along are the flows of the span: of a basis, and for Dim > 1 of as many
	// generators between. Beside are others at the same speed, orthogonal to the span
	// in the metric of speeds: first the runners-up, Runners of them, which have the
	// next smallest ρ; and, where these are told apart, random ones.
	Along, Beside []*Curve
	Runners       int

	firm bool // by gradients
	jump jump
}

// Confirmed is the largest rung that finite flows confirm, nil if there is none.
func (j *Judgement) Confirmed() *Rung {
	var largest *Rung
	for i := range j.Rungs {
		if j.Rungs[i].Finding == Confirmed {
			largest = &j.Rungs[i]
		}
	}
	return largest
}

// Finding is Confirmed if a rung is, Refuted if all are, and else Undecided.
func (j *Judgement) Finding() Finding {
	if j.Confirmed() != nil {
		return Confirmed
	}
	for _, r := range j.Rungs {
		if r.Finding == Undecided {
			return Undecided
		}
	}
	if len(j.Rungs) == 0 {
		return Undecided
	}
	return Refuted
}

// String says what finite flows confirm, what they refute, and what gradients say.
func (j *Judgement) String() string {
	var b strings.Builder
	if j.Confirmed() == nil {
		fmt.Fprintf(&b, "%v: finite flows confirm no generators\n", j.Finding())
	}
	for _, r := range j.Rungs {
		if r.Finding == Confirmed {
			fmt.Fprintln(&b, r.told())
		}
	}
	for _, r := range j.Rungs {
		if r.Finding != Confirmed {
			fmt.Fprintf(&b, "  %v\n", r)
		}
	}
	if len(j.Rungs) == 0 {
		fmt.Fprintln(&b, "  there are none to follow and others to compare with: all candidates are symmetries, or trivial")
	}
	if j.Frame != "" {
		fmt.Fprintf(&b, "  inputs are %s\n", j.Frame)
	}
	fmt.Fprintf(&b, "  at the cost of moving %d inputs %d times each, on average\n", j.Followed, j.Moved/max(1, j.Followed))
	fmt.Fprintf(&b, "by gradients: %v", j.Verdict)
	return b.String()
}

// String is the finding with what it is of.
func (r Rung) String() string {
	if r.Finding == Confirmed {
		return "confirmed: " + r.told()
	}
	return fmt.Sprintf("%s %v: %s", plural(r.Dim, "generator"), r.Finding, r.Reason)
}

// told reads "approximately 1 generator, a rotation about the centre (0.35°), ρ = 0.056;
// along its flow answers hold to t = 3.1 (Δ ≤ 0.04), along others at most to 0.2".
func (r *Rung) told() string {
	var b strings.Builder
	if !r.firm {
		b.WriteString("approximately ")
	}
	b.WriteString(plural(r.Dim, "generator"))
	if r.Name != "" {
		fmt.Fprintf(&b, ", %s", r.Name)
	}
	if r.Defect.Value > 0 {
		fmt.Fprintf(&b, ", ρ = %.2g", r.Defect.Value)
	}
	fmt.Fprintf(&b, "; along %s answers hold to t = %.2g (%s)", r.flows(), r.Holds, atMost(r.Delta))
	if slices.ContainsFunc(r.Along, func(c *Curve) bool { return c.Limit <= r.Holds }) {
		b.WriteString(", where the data end")
	}
	if len(r.Beside) > 0 {
		fmt.Fprintf(&b, ", along others at most to %.2g", r.Others)
	}
	return b.String()
}

// atMost is an upper bound of Δ, which may be what rounding leaves of none.
func atMost(δ float64) string {
	if δ < 1e-9 {
		return "unchanged to rounding"
	}
	return fmt.Sprintf("Δ ≤ %.2g", δ)
}

func plural(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
