package liegg

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/liegg/lab/liegg/internal/candidates"
	"github.com/liegg/lab/liegg/internal/defects"
	"github.com/liegg/lab/liegg/internal/spelling"
	"github.com/liegg/lab/liegg/lie"
	"github.com/liegg/lab/liegg/lie/classification"
)

// Standing is how a rung compares with the threshold of its verdict.
type Standing int

// The standings.
const (
	Within      Standing = iota // all directions lie below the threshold, with their intervals
	AtThreshold                 // the threshold cuts through the directions that the rung adds, or through their intervals
	Above                       // the directions that the rung adds lie above the threshold
)

// String is "within the threshold", "at the threshold" or "above the threshold".
func (s Standing) String() string {
	return [...]string{"within the threshold", "at the threshold", "above the threshold"}[s]
}

// Rung is one step of the ladder of approximate symmetry: Dim directions that hold much
// better than the next one. Sorted by ρ, the directions of a function form plateaus, and a
// rung ends where a plateau ends. So a threshold that happens to lie within a plateau does
// not hide the plateau.
//
// A rung d is listed if
//
//  1. the lower bound of ρ_{d+1}, held out, and ρ_{d+1} fitted exceed Rule.Gap times
//     the largest upper bound of ρ_1 … ρ_d, or times the resolution of the numbers. For
//     d ≥ 3 of nine candidates or more, half of that is enough if the span closes and the
//     algebra has a name: of 1000 random spaces of 3×3 matrices at such a gap, none does,
//     while of 2×2 matrices a fifth do,
//  2. that upper bound is at most .2·ρ_ref. So a rung stands out from unrelated directions
//     by the same factor as from the next one, the default Rule.Gap. Above this bound, a gap
//     only shows that some directions are steeper than unrelated ones: the exact two-body
//     problem has 32 generators at .27 of ρ_ref, and they close,
//  3. for d ≥ 2, the span closes under the bracket within its own angle error. This is not
//     required of candidates whose matrices represent something else,
//  4. it is more than all motion along directions to which the function hardly responds: if
//     f varies ten times as much along x₁ as along x₂, every H that moves x₂ alone has a
//     small ρ, without any structure.
type Rung struct {
	// Dim is the number of generators d.
	Dim int
	// Bound is the largest upper bound of the relative defects ρ_1 … ρ_d, no less than
	// the resolution of the numbers, and Share is Bound/ρ_ref: how much of the change
	// along unrelated directions is left.
	Bound, Share float64
	// Next is the first direction beyond; its Value is NaN if all candidates are in
	// the rung.
	Next Estimate
	// Standing compares the rung with the threshold.
	Standing Standing
	// Effective is the number of samples that the sums rest on, Influence.Effective; 0 if
	// samples have no weights.
	Effective float64

	// Algebra spans the d generators, fitted to all samples, in the coordinates of the
	// inputs.
	Algebra lie.Algebra
	// AngleError estimates by how much Algebra is off, in radians: see
	// Verdict.AngleError.
	AngleError float64
	// Closed says that Algebra closes under the bracket within its error, as estimated from
	// the samples and the gap. It is true for d = 1.
	Closed bool
	// Identity identifies the algebra; nil if its matrices represent something else.
	Identity *classification.Identity
}

// Name is the name of the Lie algebra, "" if it has none.
func (r Rung) Name() string {
	if r.Identity == nil {
		return ""
	}
	return r.Identity.Name
}

// String returns, for example, "approximately 3 generators, so(3), ρ ≤ 0.090 (16 % of unrelated
// directions); next 0.50".
func (r Rung) String() string {
	text := spelling.Count(r.Dim, "generator")
	if r.Standing != Within { // the bound exceeds the threshold
		text = "approximately " + text
	}
	if name := r.Name(); name != "" {
		text += ", " + name
	}
	text += ", ρ ≤ " + bounded(r.Bound)
	switch r.Standing {
	case Above:
		text += fmt.Sprintf(" (broken at %s of unrelated directions)", spelling.Percent(r.Share))
	case AtThreshold:
		text += ", at the threshold"
	}
	if math.IsNaN(r.Next.Value) {
		return text
	}
	return text + "; next " + spelling.Short(r.Next.Value)
}

// rung returns the rung of the d smallest directions, of which the rung before has the first
// few. It has no Identity yet.
func (v *Verdict) rung(t *defects.Trial, f candidates.Frame, before, d int) (r Rung, err error) {
	r = Rung{Dim: d, Bound: v.boundOf(d), Next: Estimate{Value: math.NaN()}, Standing: v.standing(before, d)}
	r.Share = r.Bound / v.Reference
	if d < len(v.Defects) {
		r.Next = v.Defects[d]
	}
	if v.Influence != nil {
		r.Effective = v.Influence.Effective()
	}
	if r.Algebra, err = t.All.Carried(t.All.Span(f.Own, d), d, f.Given); err != nil {
		return r, err
	}
	return r, v.measure(&r, t, f)
}

// measure estimates the largest principal angle between the algebra of a rung and the
// algebra that the network would have without errors. Three errors count. The sampling error
// is half of the angle between the spans of the two halves. The network's own error is taken
// as a sixth of ρ_d/ρ_{d+1}, as trained networks have it; the worst case,
// sin θ ≤ 2‖E‖/gap, is far larger. The third is the angle by which brackets leave the span.
// If it exceeds what the other two explain, the span is not closed.
func (v *Verdict) measure(r *Rung, t *defects.Trial, f candidates.Frame) error {
	const rounding = 1e-12
	white, err := f.White()
	if err != nil {
		return err
	}
	θ := math.Max(rounding, lie.LargestAngle(t.Even.Span(white, r.Dim), t.Odd.Span(white, r.Dim))/2)
	if r.Dim < v.Considered {
		θ = math.Max(θ, v.largest(r.Dim)/v.Defects[r.Dim].Value/6)
	}
	closure := lie.ClosureAngle(t.All.Span(white, r.Dim))
	r.Closed = f.Fields || closure <= math.Max(θ, 1e-9)
	r.AngleError = math.Min(math.Max(θ, closure), math.Pi/2)
	return nil
}

// identify names the algebra of a rung, unless its matrices represent something else.
func (r *Rung) identify(t *defects.Trial, f candidates.Frame) (err error) {
	if f.Fields {
		return nil
	}
	white, err := f.White()
	if err != nil {
		return err
	}
	r.Identity, err = classification.Identify(t.All.Span(white, r.Dim), r.AngleError)
	if err == nil && f.Q != nil {
		r.Identity, err = r.Identity.CarriedBack(f.Q)
	}
	if err == nil && f.Centring != nil {
		r.Identity, err = r.Identity.CarriedBack(f.Centring)
	}
	return err
}

// isNoAlgebra reports whether the nearest Lie algebra is farther away than errors explain.
// The symmetries of a function form a Lie algebra, so such directions are not symmetries.
func (r Rung) isNoAlgebra() bool {
	return r.Identity != nil && r.Identity.Name == "" && r.Identity.Moved > classification.Allowed*r.AngleError+1e-6
}

// boundOf returns the largest upper bound of the first d defects, at least the resolution.
func (v *Verdict) boundOf(d int) float64 {
	bound := v.Spectrum.Resolution()
	for _, e := range v.Defects[:d] {
		bound = math.Max(bound, e.Upper)
	}
	return bound
}

// standing compares the directions below+1 … d with the threshold.
func (v *Verdict) standing(below, d int) Standing {
	lowest := math.Inf(1)
	for _, e := range v.Defects[below:d] {
		lowest = math.Min(lowest, e.lowest())
	}
	switch {
	case v.boundOf(d) <= v.Threshold:
		return Within
	case lowest <= v.Threshold:
		return AtThreshold
	}
	return Above
}

// rungOf returns the rung of d generators, nil if there is none.
func (v *Verdict) rungOf(d int) *Rung {
	i := slices.IndexFunc(v.Rungs, func(r Rung) bool { return r.Dim == d })
	if i < 0 {
		return nil
	}
	return &v.Rungs[i]
}

// bounded writes an upper bound with two digits.
func bounded(ρ float64) string { return fmt.Sprintf("%.2g", ρ) }

// ceiling is the largest share of ρ_ref at which directions still count as a rung.
const ceiling = .2

// known is the share of Rule.Gap that suffices after an algebra that closes and has a name,
// if its dimension is at least knownFrom and there are at least knownOf candidates.
const (
	known     = .5
	knownFrom = 3
	knownOf   = 9
)

// climb lists the rungs among the directions that were tested.
func (v *Verdict) climb(t *defects.Trial, f candidates.Frame) error {
	below := 0
	for d := 1; d <= len(v.Defects); d++ {
		if !v.firm(d) && !v.stands(d, f) {
			continue
		}
		r, err := v.rung(t, f, below, d)
		if (errors.Is(err, ErrFarAway) || errors.Is(err, ErrUnits)) && !v.firm(d) { // there is no way to write its algebra down
			continue
		}
		if err == nil && (r.Closed || v.firm(d)) {
			err = r.identify(t, f)
		}
		if err != nil {
			return err
		}
		if v.firm(d) && r.isNoAlgebra() {
			v.open = fmt.Sprintf("%s below the threshold span no Lie algebra, as all symmetries of a function would: %s", spelling.Count(d, "direction"), r.Identity.Reason)
			continue
		}
		if v.firm(d) || r.Closed && (v.gap(d) >= v.Rule.Gap || r.Name() != "") {
			v.Rungs, below = append(v.Rungs, r), d
		}
	}
	return nil
}

// stands reports whether the defects of the first d directions allow a rung.
func (v *Verdict) stands(d int, f candidates.Frame) bool {
	least := v.Rule.Gap
	if d >= knownFrom && v.Considered >= knownOf && !f.Fields {
		least = math.Max(1, known*least)
	}
	if slices.ContainsFunc(v.Defects[:d], Estimate.varies) || v.manyScales(d) >= 0 {
		return false
	}
	bound := v.boundOf(d)
	return d < len(v.Defects) && v.gap(d) >= least && bound <= ceiling*v.Reference && d > f.HardlyFelt(v.Threshold, bound)
}

// gap returns ρ_{d+1}/ρ_d, lower end over upper end; 0 if there is no direction d+1.
func (v *Verdict) gap(d int) float64 {
	if d == len(v.Defects) {
		return 0
	}
	if v.variesMore(d) {
		return math.Inf(1)
	}
	return v.Defects[d].lowest() / v.boundOf(d)
}

// firm reports whether exactly the first d directions are below the threshold, and meet all of
// Judge's conditions.
func (v *Verdict) firm(d int) bool { return d == v.below && len(v.edges(v.Threshold)) == 0 }
