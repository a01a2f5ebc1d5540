package flow

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/liegg/lab/liegg"
	"github.com/liegg/lab/liegg/flow/internal/doubt"
	"github.com/liegg/lab/liegg/internal/spelling"
	"github.com/liegg/lab/liegg/lie"
)

// Finding is what finite flows say about generators that gradients suggest.
type Finding int

const (
	// Undecided: the flows end too early, or intervals are too wide.
	Undecided Finding = iota
	// Confirmed: along the generators the answers stay, and along all others they change.
	Confirmed
	// Refuted: along the generators the answers change about as soon as along others.
	Refuted
)

// String is "undecided", "confirmed" or "refuted".
func (f Finding) String() string { return [...]string{"undecided", "confirmed", "refuted"}[f] }

// Judgement is the infinitesimal verdict together with the finite one on the same inputs; see
// Judge.
type Judgement struct {
	// Verdict is the answer of network.Judge, by gradients.
	Verdict *liegg.Verdict
	// Rungs are the candidates that were tested with finite flows, ascending in Dim.
	Rungs []Rung
	// Samples is the number of inputs. Followed is the number of inputs from which finite
	// flows were followed. Moved is the number of moved inputs that went through the network
	// in all: the cost of the flows, in addition to the cost of Verdict.
	Samples, Followed, Moved int
	// Frame says what fills the parts of moved inputs that come from outside their frame,
	// such as "continued by reflection". It is "" for the default, a background. See
	// action.Frame.
	Frame string
}

// Rung is a number of generators that were tested with finite flows.
type Rung struct {
	Dim int
	// Algebra is spanned by the generators. Refined says that they were fitted to finite
	// flows on half of the inputs, as by Refine. Otherwise they are those of the verdict.
	Algebra lie.Algebra
	Refined bool
	// Name describes them, such as "a rotation about the centre (0.35°)" or "so(3)". It is ""
	// if there is no name.
	Name string
	// Defect is ρ of the last of them in the verdict. Its Value is 0 if that is not known.
	Defect liegg.Estimate

	// Finding is the answer. Reason explains it unless it is Confirmed.
	Finding Finding
	Reason  string
	// Holds is how far the answers hold along all of them, and Delta the largest upper bound
	// of Δ up to there. If the rung is Confirmed, Holds is the t of Judge; otherwise it is
	// the largest t up to which Δ ≤ Settings.Tolerance is certain. Others is the largest t up
	// to which Δ ≤ max(Delta, tolerance) is certain along any of the others. All flows have
	// one speed, and t is the parameter of lie.UnitSpeed for the generators: an angle, for a
	// rotation. For several generators, their speed is the harmonic mean of those.
	Holds, Delta, Others float64
	// Along are the flows of the span: of a basis and, for Dim > 1, of as many generators
	// between. Beside are other flows of equal speed, orthogonal to the span in the metric of
	// speeds. First come the runners-up, Runners of them, which have the next smallest ρ. If
	// Δ along these differs from Δ along the span, random flows follow.
	Along, Beside []*Curve
	Runners       int

	firm   bool // the gradients are sure of it
	jump   doubt.Jump
	broken string // the outputs or samples that break it, in words; "" if none do
	alike  bool   // it is undecided because the answers also hold along other flows
}

// Confirmed returns the largest rung that finite flows confirm, or nil if there is none.
func (j *Judgement) Confirmed() *Rung {
	var largest *Rung
	for i := range j.Rungs {
		if j.Rungs[i].Finding == Confirmed {
			largest = &j.Rungs[i]
		}
	}
	return largest
}

// Finding is Confirmed if a rung is, Refuted if all are, and Undecided otherwise.
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
	return fmt.Sprintf("%sby gradients: %v", j.finite(), j.Verdict)
}

// finite says what finite flows confirm and refute, in lines.
func (j *Judgement) finite() string {
	var b strings.Builder
	if j.Confirmed() == nil {
		fmt.Fprintln(&b, j.unconfirmed())
	}
	for _, r := range j.Rungs {
		if r.Finding == Confirmed {
			fmt.Fprintln(&b, r.summary())
		}
	}
	for _, r := range j.Rungs {
		if c := j.Confirmed(); c != nil && r.Dim < c.Dim && r.Finding == Undecided && r.alike {
			fmt.Fprintf(&b, "  of these, %s\n", r.answers())
		} else if r.Finding != Confirmed {
			fmt.Fprintf(&b, "  %v\n", r)
		}
	}
	if n := len(j.Rungs); j.Finding() == Refuted && j.Rungs[n-1].Dim > 1 {
		fmt.Fprintf(&b, "  other combinations of these %d generators were not followed: Test (--test) follows one of your choice\n", j.Rungs[n-1].Dim)
	}
	if j.Followed > 0 {
		fmt.Fprintf(&b, "  at the cost of moving %d inputs %d times each, on average\n", j.Followed, j.Moved/j.Followed)
	}
	return b.String()
}

// unconfirmed says that finite flows confirm nothing, and whether gradients suggested anything.
func (j *Judgement) unconfirmed() string {
	tried := spelling.Agree(len(j.Rungs), "the candidate that comes", "the candidates that come") + " nearest to a symmetry"
	switch {
	case len(j.Rungs) == 0:
		return "undecided: no finite flows were followed: " + j.incomparable()
	case j.suggests():
		return fmt.Sprintf("%v: finite flows confirm no generators", j.Finding())
	case j.Finding() == Refuted:
		return "no symmetry is found: gradients suggest no generators, and finite flows refute " + tried
	}
	return "undecided: gradients suggest no generators, and finite flows do not decide on " + tried
}

// suggests reports whether gradients suggest generators, firmly or not.
func (j *Judgement) suggests() bool {
	return j.Verdict == nil || j.Verdict.Dim > 0 || len(j.Verdict.Rungs) > 0
}

// incomparable says why no flow can be compared with others.
func (j *Judgement) incomparable() string {
	switch v := j.Verdict; {
	case v == nil:
		return "there are no candidates"
	case v.Considered == 0:
		return "all candidates are trivial"
	case v.Answer == liegg.Symmetric && v.Dim == v.Considered:
		return "all candidates are symmetries, or trivial, and there are no others to compare them with"
	case v.Considered == 1:
		return "only one candidate is not trivial, and there are no others to compare it with"
	}
	return "there are no other candidates to compare with"
}

// String says what was found, and about which generators.
func (r Rung) String() string {
	if r.Finding == Confirmed {
		return "confirmed: " + r.summary()
	}
	return fmt.Sprintf("%s %v: %s", spelling.Count(r.Dim, "generator"), r.Finding, r.Reason)
}

// summary returns text such as "approximately 1 generator, a rotation about the centre (0.35°),
// ρ = 0.056; along its flow answers hold to t = 3.1 (Δ ≤ 0.04), along others at most to 0.2".
func (r *Rung) summary() string {
	var b strings.Builder
	if !r.firm {
		b.WriteString("approximately ")
	}
	b.WriteString(r.answers())
	switch {
	case len(r.Beside) == 0:
	case r.Others < r.Holds:
		fmt.Fprintf(&b, ", along others at most to %.2g", r.Others)
	default: // they change by more, but within the tolerance
		fmt.Fprintf(&b, ", along each of the others they change by Δ ≥ %.2g", r.leastBeside())
	}
	return b.String()
}

// answers says which generators they are, and how far the answers hold along their flows.
func (r *Rung) answers() string {
	var b strings.Builder
	b.WriteString(spelling.Count(r.Dim, "generator"))
	if r.Name != "" {
		fmt.Fprintf(&b, ", %s", r.Name)
	}
	if r.Defect.Value > 0 {
		fmt.Fprintf(&b, ", ρ = %.2g", r.Defect.Value)
	}
	fmt.Fprintf(&b, "; along %s answers hold to t = %.2g (%s%s)", r.flows(), r.Holds, atMost(r.Delta), r.ofWhat())
	if slices.ContainsFunc(r.Along, func(c *Curve) bool { return c.Limit <= r.Holds }) {
		b.WriteString(", where the data end")
	}
	return b.String()
}

// ofWhat says if Δ is that of bounded outputs.
func (r *Rung) ofWhat() string {
	if len(r.Along) > 0 && r.Along[0].Bounded && r.Delta >= unchanged {
		return " of bounded outputs, since few samples carry the variance of f"
	}
	return ""
}

// leastBeside returns what Δ certainly reaches, up to Holds, along each of the other flows.
func (r *Rung) leastBeside() float64 {
	least := math.Inf(1)
	for _, c := range r.Beside {
		largest := 0.
		for i, t := range c.T {
			if t <= r.Holds {
				largest = max(largest, c.Lower[i])
			}
		}
		least = min(least, largest)
	}
	return least
}

// atMost writes an upper bound of Δ, which may be zero up to rounding.
func atMost(δ float64) string {
	if δ < 1e-9 {
		return "unchanged to rounding"
	}
	return fmt.Sprintf("Δ ≤ %.2g", δ)
}
