package liegg

import (
	"fmt"
)

// Rule defines when a direction is called a symmetry. The zero value of each field means its
// default.
type Rule struct {
	// Threshold τ is the largest relative defect ρ̃ = ρ/ρ_ref of a symmetry on the scale of
	// unrelated directions, in (0, 1]; default .1. So a generator counts if the outputs
	// change along it by at most a tenth of the change along unrelated directions. For
	// exact functions 1e-6 works as well.
	Threshold float64
	// Gap is the smallest ratio ρ_{d+1}/ρ_d between the first direction that is not a
	// symmetry and the last one that is, at least 1; default 5.
	Gap float64
	// Confidence of the intervals, in (0, 1); default .95.
	Confidence float64
	// Resamples of the bootstrap; default 1000.
	Resamples int
	// Seed of the random numbers that draw the resamples.
	Seed uint64
}

// withDefaults fills in the defaults. It panics if a field is out of its range.
func (r Rule) withDefaults() Rule {
	if !(r.Threshold >= 0 && r.Threshold <= 1 && (r.Gap == 0 || r.Gap >= 1) && r.Confidence >= 0 && r.Confidence < 1 && r.Resamples >= 0) {
		panic(fmt.Sprintf("liegg: Rule %+v: want Threshold in (0, 1], Gap ≥ 1, Confidence in (0, 1), Resamples ≥ 1, or 0 for the defaults", r))
	}
	return r.filled()
}

// filled has defaults in the place of zeros.
func (r Rule) filled() Rule {
	if r.Threshold == 0 {
		r.Threshold = .1
	}
	if r.Gap == 0 {
		r.Gap = 5
	}
	if r.Confidence == 0 {
		r.Confidence = .95
	}
	if r.Resamples == 0 {
		r.Resamples = 1000
	}
	return r
}

// String names the figures, defaults filled in.
func (r Rule) String() string {
	r = r.filled()
	return fmt.Sprintf("Threshold %g, Gap %g, Confidence %g, Resamples %d, Seed %d", r.Threshold, r.Gap, r.Confidence, r.Resamples, r.Seed)
}
