package liegg

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/liegg/lab/liegg/internal/defects"
	"github.com/liegg/lab/liegg/internal/spelling"
)

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
func (v *Verdict) climb(t *defects.Trial, f frame) error {
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
