package liegg

import (
	"math"
	"math/rand/v2"

	"gonum.org/v1/gonum/mat"
)

// trustedBlocks is the number of blocks from which on intervals are given.
const trustedBlocks = 50

// Defects are the relative defects of the smallest directions, at most 40 of them,
// ascending in the half of the samples that they were fitted to and measured on the
// other half, with intervals, as Judge measures them; nothing is set aside as
// trivial. They are nil where the samples do not suffice: fewer than 50 blocks in
// each half, or a half that cannot be analysed on its own. It panics if a field of
// the rule is out of its range.
func (e *Evidence) Defects(rule Rule) []Estimate {
	rule = rule.withDefaults()
	if len(e.blocks) < 2*trustedBlocks {
		return nil
	}
	all, err := e.Polarization()
	if err != nil {
		return nil
	}
	t, err := newTrial(e, all, nil)
	if err != nil {
		return nil
	}
	return t.estimates(tested, rule)
}

// DefectInterval is the confidence interval of the relative defect
// ρ = √(Σ_j ‖C h_j‖² / Σ_j h_jᵀ D h_j) of the columns of h, K×d: coefficients of
// generators that were chosen without these samples. Its ends are NaN where there
// are fewer than 50 blocks of samples. It panics where h has not K rows, or a field
// of the rule is out of its range.
func (e *Evidence) DefectInterval(h *mat.Dense, rule Rule) Interval {
	if rows, _ := h.Dims(); rows != e.k {
		panic("liegg: DefectInterval: h must have a row for each candidate")
	}
	rule = rule.withDefaults()
	if len(e.blocks) < trustedBlocks {
		return Interval{math.NaN(), math.NaN()}
	}
	a, b := make([]float64, len(e.blocks)), make([]float64, len(e.blocks))
	for i, block := range e.blocks {
		as, bs := block.squares(h)
		for j := range as {
			a[i], b[i] = a[i]+as[j], b[i]+bs[j]
		}
	}
	return RatioInterval(a, b, rule.Confidence, rule.Resamples, rand.New(rand.NewPCG(rule.Seed, 0)))
}
