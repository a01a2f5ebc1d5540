package liegg

import (
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/liegg/lab/liegg/internal/defects"
	"github.com/liegg/lab/liegg/internal/ratio"
	"github.com/liegg/lab/liegg/internal/spelling"
)

// Interval is a confidence interval; Lower ≤ Upper.
type Interval struct{ Lower, Upper float64 }

// String returns, for example, "0.008…0.012".
func (i Interval) String() string { return spelling.Short(i.Lower) + "…" + spelling.Short(i.Upper) }

// RatioInterval returns the confidence interval of √(Σa/Σb), such as a relative defect ρ(H)
// with a_i = ‖C_i h‖² and b_i = hᵀD_i h for blocks i of samples that do not depend on each
// other. It is the symmetric studentised bootstrap of 1/√(Σa/Σb) (Hall, The Bootstrap and
// Edgeworth Expansion, 1992, §3.6), because sums of squares are skewed and percentile
// intervals cover too little. If few blocks dominate the sums, their spread is poorly known,
// and the interval is widened for that.
//
// Confidence is in (0, 1), typically .95. At least 50 blocks and some 1000 resamples are
// needed. A ratio of zero has the interval [0, 0]. The upper end is +Inf if the blocks do
// not bound it, for example if b is 0. The generator must be fixed in advance, or fitted to
// other samples.
func RatioInterval(a, b []float64, confidence float64, resamples int, random *rand.Rand) Interval {
	if len(a) != len(b) || len(a) < 2 {
		panic("liegg: RatioInterval: a and b need the same length of at least 2")
	}
	if !(confidence > 0 && confidence < 1) || resamples < 1 {
		panic("liegg: RatioInterval: confidence must lie in (0, 1) and resamples be at least 1")
	}
	return Interval(ratio.Intervals([][]float64{a}, [][]float64{b}, confidence, resamples, random)[0])
}

// Estimate is a relative defect that was measured on other samples than those to which its
// generator was fitted.
type Estimate struct {
	Value    float64 // ρ on the samples that were held out
	Interval         // confidence interval of Value
	Fitted   float64 // ρ on the samples to which the generator was fitted, which is too optimistic
	least    float64 // the smallest ρ among the blocks of samples

	// Variation is η, the change of the outputs along the generator over one extent of the
	// data, in units of the outputs' spread: see Variation. It is 0 if it is not known.
	Variation float64
	typical   float64 // Variation, with one extent as it is for a typical sample
}

// String is the defect with its interval: "ρ = 0.010 (0.008…0.012)".
func (e Estimate) String() string {
	return fmt.Sprintf("ρ = %s (%v)", spelling.Short(e.Value), e.Interval)
}

// varies is the largest η at which f counts as unchanged: Δ ≤ .02 over one extent of the
// data, the bound that flows use.
const varies = .2

// clearly is the smallest η at which a direction with a small ρ counts as none that f keeps.
const clearly = .5

// manyScales reports whether f varies along a direction if a typical sample moves over the range
// of sizes in the data, but not if all samples move over one extent of the data. Then a few samples
// determine the extent, and the data do not show whether the direction is a symmetry. A change that
// is zero to rounding is zero on any scale.
func (e Estimate) manyScales(rounding float64) bool {
	return e.Variation <= varies && e.typical > varies && e.Value > rounding
}

// ofVariance is a factor of η that allows for the errors of V and of the extent of the data.
const ofVariance = 1.2

// varies reports whether f certainly changes along a direction by too much, regardless of ρ.
func (e Estimate) varies() bool {
	return e.leastVariation() > ofVariance*varies
}

// leastVariation is the lower end of the interval of η, which is as wide as that of ρ; 0 if ρ is.
func (e Estimate) leastVariation() float64 {
	if e.Value <= 0 {
		return 0
	}
	return e.Variation * e.Lower / e.Value
}

// lowest returns the smallest value that ρ may have: the lower end of its interval, or what it is on
// the samples that the direction was fitted to, if that is less.
func (e Estimate) lowest() float64 { return math.Min(e.Lower, e.Fitted) }

// estimates tests the smallest directions of a trial, as many as were asked for and found.
func estimates(t *defects.Trial, wanted int, r Rule) []Estimate {
	measured := t.Estimates(wanted, r.Confidence, r.Resamples, r.Seed)
	all := make([]Estimate, len(measured))
	for j, e := range measured {
		all[j] = estimateOf(e)
	}
	return all
}

func estimateOf(e defects.Estimate) Estimate {
	return Estimate{
		Value: e.Value, Interval: Interval(e.Interval), Fitted: e.Fitted, least: e.Least,
		Variation: e.Variation, typical: e.Typical,
	}
}
