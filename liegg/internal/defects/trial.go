package defects

import (
	"fmt"
	"math"
	"math/rand/v2"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/internal/cores"
	"github.com/liegg/lab/liegg/internal/ratio"
	"github.com/liegg/lab/liegg/internal/sums"
)

// Trial fits generators to every other block of samples and tests them on the rest, and the
// other way round. So each block tests generators that were fitted without it
// (cross-fitting).
type Trial struct {
	All, Even, Odd *Solution
	variation      *Variation // nil if it is not known

	// squares and lengths are ‖C h‖² and hᵀDh of every block, for the directions that were
	// measured, with h fitted to the other half.
	squares, lengths [][]float64
}

// NewTrial takes candidates h = W·g, nil for all, and the sums of the blocks.
func NewTrial(sum sums.Halves, v *Variation, w *mat.Dense) (*Trial, error) {
	t := &Trial{variation: v}
	var ofAll, ofEven, ofOdd error
	work := []func(){
		func() { t.All, ofAll = Solve(sum.All, sum.Blocks, w) },
		func() { t.Even, ofEven = Solve(sum.Even, sum.Evens, w) },
		func() { t.Odd, ofOdd = Solve(sum.Odd, sum.Odds, w) },
	}
	cores.Do(len(work), func(i int) { work[i]() }) // gonum solves each on one core
	switch {
	case ofAll != nil:
		return nil, ofAll
	case ofEven != nil:
		return nil, fmt.Errorf("one half of the samples, to fit generators: %w", ofEven)
	case ofOdd != nil:
		return nil, fmt.Errorf("half of the samples, to test generators: %w", ofOdd)
	}
	return t, nil
}

// Take finds the count smallest directions of all blocks and of either half.
func (t *Trial) Take(count int) error {
	for _, s := range []*Solution{t.All, t.Even, t.Odd} {
		if len(s.Defects) >= min(count, s.Moving) {
			continue
		}
		if err := s.Take(count); err != nil {
			return err
		}
	}
	return nil
}

// Directions is the number of directions that move the data.
func (t *Trial) Directions() int { return min(t.All.Moving, t.Even.Moving, t.Odd.Moving) }

// known is the number of directions that were found.
func (t *Trial) known() int { return min(len(t.All.Defects), len(t.Even.Defects), len(t.Odd.Defects)) }

// Estimate is a liegg.Estimate. Least is the smallest ρ among the blocks of samples, and Typical is
// Variation with one extent as it is for a typical sample.
type Estimate struct {
	Value, Fitted, Least float64
	Interval             ratio.Interval
	Variation, Typical   float64
}

// Estimates tests the smallest directions, as many as were asked for and found.
func (t *Trial) Estimates(wanted int, confidence float64, resamples int, seed uint64) []Estimate {
	count := min(t.known(), wanted)
	t.measure(count)
	a, b := t.squares[:count], t.lengths[:count]
	estimates := make([]Estimate, count)
	η, typical := t.variations(a, (*Variation).Along), t.variations(a, func(v *Variation, h *mat.Dense, squares []float64) []float64 {
		return v.Typically(h, squares, t.All.Sum.Samples)
	})
	intervals := ratio.Intervals(a, b, confidence, resamples, rand.New(rand.NewPCG(seed, 0)))
	for j := range estimates {
		estimates[j] = Estimate{
			Value:    math.Min(1, math.Sqrt(ratio.Of(a[j], b[j]).Value)),
			Interval: intervals[j],
			Fitted:   math.Hypot(t.Even.Defects[j], t.Odd.Defects[j]) / math.Sqrt2,
			Least:    leastOf(a[j], b[j]),
		}
		if η != nil {
			estimates[j].Variation, estimates[j].Typical = η[j], typical[j]
		}
	}
	return estimates
}

// leastOf is the smallest √(a/b) of a block.
func leastOf(a, b []float64) float64 {
	least := 1.
	for i := range a {
		if b[i] > 0 {
			least = min(least, math.Sqrt(a[i]/b[i]))
		}
	}
	return least
}

// measure measures the directions up to count that were not measured before.
func (t *Trial) measure(count int) {
	from := len(t.squares)
	for range count - from {
		t.squares, t.lengths = append(t.squares, nil), append(t.lengths, nil)
	}
	if from < count {
		t.test(from, count)
	}
}

// test measures the directions of either half on the other half, from one on up to another.
func (t *Trial) test(from, to int) {
	a, b := t.squares[from:to], t.lengths[from:to]
	clear(a)
	clear(b)
	t.Even.test(t.Odd.blocks, a, b, from)
	t.Odd.test(t.Even.blocks, a, b, from)
}

// variations returns η of the first len(a) directions, of either kind, given ‖C h‖² of every
// block for generators that were fitted to the other blocks; nil if η is not known.
func (t *Trial) variations(a [][]float64, along func(v *Variation, h *mat.Dense, squares []float64) []float64) []float64 {
	if t.variation == nil || t.variation.Outputs == 0 {
		return nil
	}
	squares, η := make([]float64, len(a)), make([]float64, len(a))
	for j := range a {
		squares[j] = floats.Sum(a[j])
	}
	for _, s := range []*Solution{t.Even, t.Odd} {
		one := along(t.variation, s.First(len(a)), squares)
		for j := range one {
			η[j] += one[j] / 2
		}
	}
	return η
}

// ByVariation rotates the first count directions, whose ρ is small, so that their η ascend.
// Directions with nearly equal ρ may be mixtures of a symmetry and a motion along which f is
// steep.
func (t *Trial) ByVariation(count int) error {
	for _, s := range []*Solution{t.All, t.Even, t.Odd} {
		if err := s.byVariation(t.variation, count); err != nil {
			return err
		}
	}
	t.test(0, min(count, len(t.squares)))
	return nil
}
