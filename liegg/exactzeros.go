package liegg

import (
	"fmt"
	"math"
)

// exact is the number of directions, from the smallest on, that are symmetries to
// rounding: no interval is needed to tell that.
func (v *Verdict) exact() (count int) {
	rounding := v.Spectrum.Resolution()
	for count < v.below && math.Max(v.Defects[count].Value, v.Defects[count].Fitted) <= rounding {
		count++
	}
	return count
}

// enoughRows says whether the independent samples give equations enough for the
// candidates, twice as many, so that zeros are no accident.
func (v *Verdict) enoughRows() bool {
	return v.Dependence.of(v.Spectrum.N())*v.Spectrum.Outputs >= 2*v.Spectrum.K
}

// certain says whether the answer needs no interval: all symmetries hold to rounding, the
// next direction is far from one, overall or in every block of samples, and there are
// equations enough. Few samples, dependent ones, and samples of which few rule decide that. Far is half of the gap
// above the threshold: of 40 independent samples ρ is known to about a fifth, and what was
// fitted to half of them flatters.
func (v *Verdict) certain() bool {
	if v.below == 0 || v.exact() < v.below || !v.enoughRows() {
		return false
	}
	if v.below == len(v.Defects) {
		return v.below == v.Considered
	}
	next := v.Defects[v.below]
	return math.Min(next.Lower, next.Fitted) >= v.Rule.Gap/2*v.Threshold || math.Min(next.least, next.Fitted) > v.Threshold
}

// dependenceDoubts are the reasons for which dependent samples leave nothing firm, and
// what is certain all the same.
func (v *Verdict) dependenceDoubts() (reasons []string) {
	reasons = v.Dependence.Doubts()
	if exact := v.exact(); len(reasons) > 0 && exact > 0 && v.enoughRows() {
		is := "are"
		if exact == 1 {
			is = "is"
		}
		reasons[0] += fmt.Sprintf("; %s %s exact to rounding all the same", plural(exact, "generator"), is)
	}
	return reasons
}
