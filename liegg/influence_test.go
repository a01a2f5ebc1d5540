package liegg

import (
	"math"
	"slices"
	"strings"
	"testing"
)

// n_eff is the number of samples if they are equal, in any unit, and about 1 if one sample has nearly
// everything.
func TestEffectiveSamples(t *testing.T) {
	for _, unit := range []float64{1e-300, 1, 1e300} {
		var equal, ruled, both Influence
		for i := range 1000 {
			equal.Count(i, unit, 1)
			adds, weight := unit, 1.
			if i == 471 {
				adds, weight = 1e7*unit, 1e-7
			}
			ruled.Count(i, adds, weight)
		}
		if n := equal.Effective(); math.Abs(n-1000) > 1e-9 || equal.cut != 0 {
			t.Errorf("1000 equal samples count as %g, %d of them cut", n, equal.cut)
		}
		if plain, bounded := ruled.Plain(), ruled.Effective(); math.Abs(plain-1) > 1e-3 || math.Abs(bounded-1000) > 1e-9 {
			t.Errorf("one sample has all: %g, bounded %g", plain, bounded)
		}
		if ruled.cut != 1 || ruled.Leading()[0] != 471 || ruled.dominant() != 1 {
			t.Errorf("it is number 471: %v, %d cut, %d dominate", ruled.Leading(), ruled.cut, ruled.dominant())
		}
		both.merge(&equal)
		both.merge(&ruled)
		if n := both.Effective(); math.Abs(n-2000) > 1e-9 || both.Leading()[0] != 471 {
			t.Errorf("both together count as %g, %v", n, both.Leading())
		}
	}
}

// Squares of the gradients of singular functions leave float64.
func TestEffectiveSamplesOfHugeGradients(t *testing.T) {
	var f Influence
	for i, adds := range []float64{1e200, 2e200, 1e-200, 0} {
		f.Count(i, adds, 1)
	}
	if n := f.Effective(); math.Abs(n-9./5) > 1e-9 {
		t.Errorf("n_eff of 1, 2, 0, 0 is 9/5, got %g", n)
	}
	if !slices.Equal(f.Leading()[:2], []int{1, 0}) {
		t.Errorf("leading %v", f.Leading())
	}
}

// If a few samples have nearly everything even with weights, nothing is firm.
func TestFewSamplesRule(t *testing.T) {
	var f Influence
	for i := range 5000 {
		adds := 1e-9
		if i%1000 == 3 {
			adds = 1
		}
		f.Count(i, adds, 1)
	}
	if says := f.doubt(5000); !strings.Contains(says, "3 of 5000 samples carry half") || !strings.Contains(says, "numbers 3, 1003, 2003") {
		t.Errorf("five samples of 5000 dominate: %q", says)
	}
}
