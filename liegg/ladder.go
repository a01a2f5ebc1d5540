package liegg

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/liegg/lab/liegg/lie"
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

// Rung is one step of the ladder of approximate symmetry: Dim directions that hold
// much better than the next one. Sorted by ρ, the directions of a function form
// plateaus; a rung ends where a plateau does, so that a threshold which happens to
// lie within a plateau does not decide what is seen.
//
// A rung d is listed if
//
//  1. the lower bound of ρ_{d+1}, held out, and ρ_{d+1} fitted exceed Rule.Gap times
//     the largest upper bound of ρ_1 … ρ_d, or times the resolution of the numbers. For
//     d ≥ 3 of nine candidates or more, half of that is enough if the span closes and the
//     algebra has a name: of 1000 random spaces of 3×3 matrices at such a gap, none does,
//     while of 2×2 matrices a fifth do,
//  2. that upper bound is at most .2·ρ_ref. So a rung stands out from unrelated directions
//     by the factor by which it stands out from the next one, the default Rule.Gap. Where
//     more of the change is left, the gap only tells that some directions are steeper than
//     unrelated ones: exact two bodies have 32 generators at .27 of ρ_ref, and they close,
//  3. for d ≥ 2, the span closes under the bracket within its own angle error. This
//     is not asked of candidates whose matrices stand for something else,
//  4. it is more than all motion along directions which the function hardly feels:
//     where it varies ten times as much along x₁ as along x₂, every H that moves x₂
//     alone has a small ρ, and no structure.
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
	// Effective is the number of samples that the sums rest on, Influence.Effective; 0
	// where samples have no weights.
	Effective float64

	// Algebra spans the d generators, fitted to all samples, in the coordinates of the
	// inputs.
	Algebra lie.Algebra
	// AngleError estimates by how much Algebra is off, in radians: see
	// Verdict.AngleError.
	AngleError float64
	// Closed says that Algebra closes under the bracket within the error that the
	// samples and the gap leave it; it is true for d = 1.
	Closed bool
	// Identity is what the algebra is; nil where its matrices stand for something else.
	Identity *lie.Identity
}

// ceiling is the largest share of ρ_ref at which directions still count as a rung.
const ceiling = .2

// Name is the name of the Lie algebra, "" if it has none.
func (r Rung) Name() string {
	if r.Identity == nil {
		return ""
	}
	return r.Identity.Name
}

// String is such as "approximately 3 generators, so(3), ρ ≤ 0.090 (16 % of unrelated
// directions); next 0.50".
func (r Rung) String() string {
	text := plural(r.Dim, "generator")
	if r.Standing != Within { // the bound exceeds the threshold
		text = "approximately " + text
	}
	if name := r.Name(); name != "" {
		text += ", " + name
	}
	text += ", ρ ≤ " + bounded(r.Bound)
	switch r.Standing {
	case Above:
		text += fmt.Sprintf(" (broken at %s of unrelated directions)", percent(r.Share))
	case AtThreshold:
		text += ", at the threshold"
	}
	if math.IsNaN(r.Next.Value) {
		return text
	}
	return text + "; next " + short(r.Next.Value)
}

// percent is such as "9 %".
func percent(share float64) string { return fmt.Sprintf("%.2g %%", 100*share) }

// bounded writes two digits of an upper bound.
func bounded(ρ float64) string { return fmt.Sprintf("%.2g", ρ) }

// known is the share of Rule.Gap that is wanted after an algebra that closes and has a
// name, from the dimension knownFrom on, of as many candidates as knownOf.
const (
	known     = .5
	knownFrom = 3
	knownOf   = 9
)

// climb lists the rungs among the directions that were tested.
func (v *Verdict) climb(t *trial, f frame) error {
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
			v.open = fmt.Sprintf("%s below the threshold span no Lie algebra, as all symmetries of a function would: %s", plural(d, "direction"), r.Identity.Reason)
			continue
		}
		if v.firm(d) || r.Closed && (v.gap(d) >= v.Rule.Gap || r.Name() != "") {
			v.Rungs, below = append(v.Rungs, r), d
		}
	}
	return nil
}

// isNoAlgebra reports whether the nearest Lie algebra is farther away than errors explain.
// The symmetries of a function form one: directions that do not are no symmetries.
func (r Rung) isNoAlgebra() bool {
	return r.Identity != nil && r.Identity.Name == "" && r.Identity.Moved > lie.Allowed*r.AngleError+1e-6
}

// stands reports whether the first d directions may be a rung by their defects alone.
func (v *Verdict) stands(d int, f frame) bool {
	least := v.Rule.Gap
	if d >= knownFrom && v.Considered >= knownOf && !f.fields {
		least = math.Max(1, known*least)
	}
	if slices.ContainsFunc(v.Defects[:d], Estimate.varies) || v.manyScales(d) >= 0 {
		return false
	}
	bound := v.boundOf(d)
	return d < len(v.Defects) && v.gap(d) >= least && bound <= ceiling*v.Reference && d > f.hardlyFelt(v.Threshold, bound)
}

// gap is ρ_{d+1}/ρ_d by the ends of their intervals; 0 where there is no direction d+1.
func (v *Verdict) gap(d int) float64 {
	if d == len(v.Defects) {
		return 0
	}
	if v.variesMore(d) {
		return math.Inf(1)
	}
	next := v.Defects[d]
	return math.Min(next.Lower, next.Fitted) / v.boundOf(d)
}

// firm reports whether the d directions are those below the threshold, and meet all
// conditions that Judge has for them.
func (v *Verdict) firm(d int) bool { return d == v.below && len(v.edges(v.Threshold)) == 0 }

// boundOf is the largest upper bound of the first d defects, no less than rounding.
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
		lowest = math.Min(lowest, e.Lower)
	}
	switch {
	case v.boundOf(d) <= v.Threshold:
		return Within
	case lowest <= v.Threshold:
		return AtThreshold
	}
	return Above
}

// decide picks the answer. Doubts are what the data do not allow to decide, edges what
// the defects near the threshold do not.
//
// What meets all of Judge's conditions is Symmetric, or None if no rung lies above.
// Where the threshold cuts through a rung, the rung below it is called a symmetry, if
// there is one with the whole gap; else the rung that is cut is the answer, and it is Approximate, as is
// one that lies above the threshold with nothing below it.
func (v *Verdict) decide(doubts, edges []string) {
	v.Dim = v.below
	cut := slices.IndexFunc(v.Rungs, func(r Rung) bool { return r.Standing == AtThreshold })
	switch {
	case len(doubts) > 0:
		v.Answer, v.Reasons = Undetermined, append(doubts, edges...)
	case len(edges) == 0 && v.Dim > 0:
		v.Answer = Symmetric
	case cut > 0 && v.Rungs[cut-1].Standing == Within && v.gap(v.Rungs[cut-1].Dim) >= v.Rule.Gap:
		v.Answer, v.Dim = Symmetric, v.Rungs[cut-1].Dim
	case cut >= 0:
		v.Answer, v.Dim = Approximate, v.Rungs[cut].Dim
	case len(edges) == 0 && len(v.Rungs) > 0:
		v.Answer, v.Dim = Approximate, v.Rungs[0].Dim
	case len(edges) == 0:
		v.Answer = None
	default:
		v.Answer, v.Reasons = Undetermined, edges
	}
}

// rungOf returns the rung of d generators, nil if there is none.
func (v *Verdict) rungOf(d int) *Rung {
	i := slices.IndexFunc(v.Rungs, func(r Rung) bool { return r.Dim == d })
	if i < 0 {
		return nil
	}
	return &v.Rungs[i]
}
