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
		if why := r.noAlgebra(); v.firm(d) && why != "" {
			v.open = fmt.Sprintf("%s below the threshold span no Lie algebra, as all symmetries of a function would: %s", spelling.Count(d, "direction"), why)
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
	if !r.Closed && closure > beyondErrors*θ && v.Ignored == 0 { // brackets of trivial generators may be anywhere
		r.open = fmt.Sprintf("brackets leave them by %.2g rad, and errors explain %.1g", closure, θ)
	}
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

// beyondErrors is how many times their error generators must leave their span under the bracket to show
// that they span no Lie algebra, although none was searched for. The error is an estimate, so this is
// only ever met by generators that are exact, or nearly so.
const beyondErrors = 1000

// noAlgebra says why the rung spans no Lie algebra: brackets, or the nearest Lie algebra, are farther away
// than errors explain. It is "" otherwise. The symmetries of a function form a Lie algebra, so such
// directions are not symmetries.
func (r Rung) noAlgebra() string {
	if r.open == "" && r.Identity != nil && r.Identity.Name == "" && r.Identity.Moved > classification.Allowed*r.AngleError+1e-6 {
		return r.Identity.Reason
	}
	return r.open
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
