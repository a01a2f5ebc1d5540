package liegg

import (
	"math"
	"slices"

	"github.com/liegg/lab/liegg/internal/defects"
)

// ceiling is the largest share of ρ_ref at which directions still count as a rung.
const ceiling = .2

// count tests the smallest directions: the first forty, and all that are small enough
// for a rung.
func (v *Verdict) count(t *defects.Trial) error {
	v.test(t, defects.Tested)
	if last := len(v.Defects) - 1; len(v.Defects) == v.Considered || v.Defects[last].Value > math.Max(v.Threshold, ceiling*v.Reference) {
		return nil
	}
	small, err := t.All.Within(ceiling * v.Reference)
	if err != nil {
		return err
	}
	if err := t.Take(small + defects.Tested); err != nil {
		return err
	}
	v.test(t, small+defects.Tested)
	return nil
}

// test tests the smallest directions, and counts those below the threshold.
func (v *Verdict) test(t *defects.Trial, wanted int) {
	v.Defects = v.estimates(t, wanted)
	v.below = 0
	for v.below < len(v.Defects) && v.Defects[v.below].Value <= v.Threshold {
		v.below++
	}
}

// steep sorts out directions whose ρ is small only because f is steep: f varies over the data
// along them.
func (v *Verdict) steep(t *defects.Trial) error {
	if v.variation == nil || v.below == v.unchanged() {
		return nil
	}
	if err := t.ByVariation(v.below); err != nil {
		return err
	}
	v.Defects = v.estimates(t, len(v.Defects))
	v.below = v.unchanged()
	return nil
}

// estimates tests the smallest directions. If there are enough equations, a defect that is
// zero to rounding, fitted and held out, needs no interval; few blocks would give it none.
func (v *Verdict) estimates(t *defects.Trial, wanted int) []Estimate {
	estimates, rounding := estimates(t, wanted, v.Rule), v.Spectrum.Resolution()
	for j, e := range estimates {
		if v.enoughRows() && math.Max(e.Value, e.Fitted) <= rounding {
			estimates[j].Upper = math.Min(e.Upper, rounding)
		}
	}
	return estimates
}

// unchanged returns the number of directions below the threshold along which f does not vary.
func (v *Verdict) unchanged() int {
	i := slices.IndexFunc(v.Defects[:v.below], func(d Estimate) bool { return d.Variation > varies })
	if i < 0 {
		return v.below
	}
	return i
}

// manyScales returns the first of d directions, counted from 0, along which only distant
// samples decide that f does not vary; −1 if there is none.
func (v *Verdict) manyScales(d int) int {
	rounding := v.Spectrum.Resolution()
	return slices.IndexFunc(v.Defects[:d], func(e Estimate) bool { return e.manyScales(rounding) })
}

// variesMore reports whether f certainly varies over the data along the direction after the
// first d, and by far more than along these: η has a gap although ρ may have none.
func (v *Verdict) variesMore(d int) bool {
	most := 0.
	for _, e := range v.Defects[:d] {
		most = math.Max(most, e.Variation)
	}
	next := v.Defects[d]
	return next.varies() && next.Variation >= v.Rule.Gap*most
}

// largest returns the largest held-out defect of the first d directions.
func (v *Verdict) largest(d int) float64 {
	most := 0.
	for _, e := range v.Defects[:d] {
		most = math.Max(most, e.Value)
	}
	return most
}

// exact returns how many of the smallest directions are symmetries to rounding, which needs
// no interval.
func (v *Verdict) exact() (count int) {
	rounding := v.Spectrum.Resolution()
	for count < v.below && math.Max(v.Defects[count].Value, v.Defects[count].Fitted) <= rounding {
		count++
	}
	return count
}

// enoughRows reports whether the independent samples give at least twice as many equations
// as there are candidates, so that zeros are no accident.
func (v *Verdict) enoughRows() bool {
	return v.Dependence.of(v.Spectrum.N())*v.Spectrum.Outputs >= 2*v.Spectrum.K
}
