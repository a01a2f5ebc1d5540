package liegg

import (
	"fmt"
	"math"
	"strings"

	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/internal/defects"
	"github.com/liegg/lab/liegg/internal/spelling"
	"github.com/liegg/lab/liegg/internal/sums"
)

// A bound on the influence of samples leaves exact symmetries alone. One that holds only nearly may
// owe it to the bound: for r² + 300·max(0, x₁ − 3.3) of normal points, a few samples of 20 000 carry
// nearly all the variance of f, and f is far from invariant there. So if few samples have most of
// the gradient, the generators must be below the threshold without the bound, too.
//
// A network is less exact at the few samples with the largest gradients, of which it saw few alike.
// So it may exceed the threshold there by as much as its misfit explains, but not more than twofold:
// a network that leaves .001 of the variance of a function of diag(1, 4, 9), of inputs of Student's
// t with 1.5 degrees of freedom, has so(3) at ρ = .026, and at .061 if each sample counts by its
// gradient.

// mostByMisfit is the largest defect at few samples that a misfit may explain, in thresholds.
const mostByMisfit = 2

// Misses records before Judge which share of the variance of its targets the function leaves
// unexplained, without the noise of the targets; 0 for an exact function. Generators are then not
// doubted for what few samples do to them if this share explains it. It panics if the share is
// negative or NaN.
func (e *Evidence) Misses(share float64) {
	if !(share >= 0) {
		panic(fmt.Sprintf("liegg: Misses: a share of %g of the variance", share))
	}
	e.missing = math.Sqrt(share)
}

// setByFew measures, for d = 1, 2, … up to the directions below the threshold, or in a rung, the largest
// defect in the span of the first d if every sample counts by its gradient. It does so only if fewer
// samples then rule, and outputs were not divided by their sizes.
func (v *Verdict) setByFew(t *defects.Trial, plain *sums.Sum) error {
	most := v.below
	if n := len(v.Rungs); n > 0 {
		most = max(most, v.Rungs[n-1].Dim)
	}
	if most == 0 || plain == nil || v.Scales != nil || !v.Influence.uneven() {
		return nil
	}
	k := plain.K
	h := t.All.First(most)
	for d := 1; d <= most; d++ {
		s, err := defects.Solve(plain, nil, mat.DenseCopyOf(h.Slice(0, k, 0, d)))
		if err != nil {
			return err
		}
		v.byFew = append(v.byFew, s.Defects[len(s.Defects)-1])
	}
	return nil
}

// mostByFew is the largest defect of the first d directions that is no doubt if each sample counts by its
// gradient. Directions above the threshold may have twice the defect that they have with the bound.
func (v *Verdict) mostByFew(d int) float64 {
	most := math.Max(v.Threshold, math.Min(swifter*v.missing, mostByMisfit*v.Threshold))
	if d > v.below {
		most = math.Max(most, mostByMisfit*v.boundOf(d))
	}
	return most
}

// BrokenByFew returns why the first d generators, of a rung or below the threshold, are no symmetries of a few
// samples that have most of the gradient; "" if there are no such samples, if outputs were divided
// by their sizes, or if the misfit of the function explains it (Evidence.Misses).
func (v *Verdict) BrokenByFew(d int) string {
	if d < 1 || d > len(v.byFew) || v.byFew[d-1] <= v.mostByFew(d) {
		return ""
	}
	return fmt.Sprintf("a few samples outweigh the others (without weights the answer would rest on n_eff = %s samples, above all on %s), and there f changes along %s: without weights ρ = %s. Judge them apart, or judge a bounded function of f",
		spelling.TwoDigits(v.Influence.Plain()), sampleNumbers(v.Influence.Leading()[:1]), spelling.The(d, "generator"), spelling.Short(v.byFew[d-1]))
}

// writeByFew says that generators which hold do so less well at a few samples, if that exceeds the
// threshold.
func (v *Verdict) writeByFew(b *strings.Builder) {
	if v.Answer == Symmetric && v.Dim <= len(v.byFew) && v.byFew[v.Dim-1] > v.Threshold {
		fmt.Fprintf(b, "  at these few samples f changes more along the generators: without weights ρ = %s, which the misfit of f may explain\n", spelling.Short(v.byFew[v.Dim-1]))
	}
}
