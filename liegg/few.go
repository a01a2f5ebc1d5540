package liegg

import (
	"fmt"

	"gonum.org/v1/gonum/mat"
)

// A bound on the influence of samples leaves exact symmetries alone. One that holds only nearly may
// owe it to the bound: for r² + 300·max(0, x₁ − 3.3) of normal points, a few samples of 20 000 carry
// nearly all the variance of f, and f is far from invariant there. So if few samples have most of
// the gradient, the generators must be below the threshold without the bound, too.

// setByFew measures, for d = 1, 2, … up to the directions below the threshold, the largest defect in
// the span of the first d if every sample counts by its gradient. It does so only if few samples
// then rule, and outputs were not divided by their sizes.
func (v *Verdict) setByFew(t *trial, plain *Polarization) error {
	if v.below == 0 || plain == nil || v.Scales != nil || !v.Influence.ruled(v.Spectrum.N()) {
		return nil
	}
	k := plain.k
	h := t.all.first(v.below)
	for d := 1; d <= v.below; d++ {
		s, err := solved(plain, nil, mat.DenseCopyOf(h.Slice(0, k, 0, d)))
		if err != nil {
			return err
		}
		v.byFew = append(v.byFew, s.ρ[len(s.ρ)-1])
	}
	return nil
}

// BrokenByFew returns why the first d generators below the threshold are no symmetries of a few
// samples that have most of the gradient; "" if there are no such samples, or if outputs were
// divided by their sizes.
func (v *Verdict) BrokenByFew(d int) string {
	if d < 1 || d > len(v.byFew) || v.byFew[d-1] <= v.Threshold {
		return ""
	}
	return fmt.Sprintf("a few samples have most of the gradient (all would count for %.2g by themselves, %s most), and f changes along %s there: if each sample counts by its gradient, ρ = %s. Leave these samples out, or judge a bounded function of f",
		v.Influence.Plain(), sampleNumbers(v.Influence.Leading()[:1]), plural(d, "generator"), short(v.byFew[d-1]))
}
