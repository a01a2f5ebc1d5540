package liegg

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/internal/cores"
	"github.com/liegg/lab/liegg/internal/linalg"
	"github.com/liegg/lab/liegg/internal/ratio"
	"github.com/liegg/lab/liegg/lie"
)

// trial fits generators to every other block of samples and tests them on the rest, and the
// other way round. So each block tests generators that were fitted without it
// (cross-fitting).
type trial struct {
	blocks         int
	all, even, odd *solution
	variation      *Variation // nil if it is not known

	// squares and lengths are ‖C h‖² and hᵀDh of every block, for the directions that were
	// measured, with h fitted to the other half.
	squares, lengths [][]float64
}

// solution is the generalised eigenproblem CᵀC h = ρ² D h of some blocks, over the
// candidates h = W·g; a nil W means all candidates.
type solution struct {
	sum    *Polarization // of the blocks, restricted to W
	blocks []*Polarization
	w      *mat.Dense

	moving int               // the number of solutions
	found  linalg.Directions // all of them, or the smallest
	ρ      []float64         // of those whose vectors were taken
	h      *mat.Dense
}

// tested is how many of the smallest directions a trial looks at.
const tested = 40

// newTrial takes candidates h = W·g, nil for all, and the sums of the blocks.
func newTrial(e *Evidence, sum sums, w *mat.Dense) (*trial, error) {
	even, odd := e.halves()
	t := &trial{blocks: len(e.blocks), variation: e.variation}
	var ofAll, ofEven, ofOdd error
	work := []func(){
		func() { t.all, ofAll = solved(sum.all, e.blocks, w) },
		func() { t.even, ofEven = solved(sum.even, even, w) },
		func() { t.odd, ofOdd = solved(sum.odd, odd, w) },
	}
	cores.Do(len(work), func(i int) { work[i]() }) // gonum solves each on one core
	switch {
	case ofAll != nil:
		return nil, ofAll
	case ofEven != nil:
		return nil, fmt.Errorf("half of the samples, to fit generators: %w", ofEven)
	case ofOdd != nil:
		return nil, fmt.Errorf("half of the samples, to test generators: %w", ofOdd)
	}
	return t, nil
}

// solved solves for the smallest directions of the sum of some blocks.
func solved(sum *Polarization, blocks []*Polarization, w *mat.Dense) (*solution, error) {
	if sum.samples == 0 { // of a stream of one block, half is empty
		return nil, ErrNoSamples
	}
	if w != nil {
		sum = sum.restricted(w)
	}
	if err := sum.ready(); err != nil {
		return nil, err
	}
	s := &solution{sum: sum, blocks: blocks, w: w}
	return s, s.take(tested)
}

// take finds the count smallest directions, or as many as there are.
func (s *solution) take(count int) (err error) {
	if s.found.Values == nil || len(s.found.Values) < min(count, s.moving) {
		if s.found, s.moving, err = relative(s.sum.form(), newMetric(s.sum.bound()), count); err != nil {
			return err
		}
	}
	count = min(count, len(s.found.Values))
	s.ρ, s.h = slices.Clone(s.found.Values[:count]), s.found.First(count)
	return nil
}

// within counts the directions of at most the relative defect ρ.
func (s *solution) within(ρ float64) (count int, err error) {
	if n := len(s.found.Values); n < s.moving && s.found.Values[n-1] <= ρ {
		if err := s.take(s.moving); err != nil {
			return 0, err
		}
	}
	for count < len(s.found.Values) && s.found.Values[count] <= ρ {
		count++
	}
	return count, nil
}

// take finds the count smallest directions of all blocks and of either half.
func (t *trial) take(count int) error {
	for _, s := range []*solution{t.all, t.even, t.odd} {
		if len(s.ρ) >= min(count, s.moving) {
			continue
		}
		if err := s.take(count); err != nil {
			return err
		}
	}
	return nil
}

// directions is the number of directions that move the data.
func (t *trial) directions() int { return min(t.all.moving, t.even.moving, t.odd.moving) }

// known is the number of directions that were found.
func (t *trial) known() int { return min(len(t.all.ρ), len(t.even.ρ), len(t.odd.ρ)) }

// span returns the algebra of the d smallest directions, as matrices of the candidates.
func (s *solution) span(c Candidates, d int) lie.Algebra {
	gens := make([]*mat.Dense, d)
	h := linalg.Times(s.w, s.h)
	for j := range gens {
		gens[j] = mat.DenseCopyOf(c.Generator(mat.Col(nil, j, h)))
	}
	return spanOf(c, fmt.Sprintf("%d smallest by ρ", d), gens)
}

// estimates tests the smallest directions, as many as were asked for and found.
func (t *trial) estimates(wanted int, r Rule) []Estimate {
	count := min(t.known(), wanted)
	t.measure(count)
	a, b := t.squares[:count], t.lengths[:count]
	estimates := make([]Estimate, count)
	η, typical := t.variations(a, (*Variation).along), t.variations(a, func(v *Variation, h *mat.Dense, squares []float64) []float64 {
		return v.typically(h, squares, t.all.sum.Samples())
	})
	intervals := ratio.Intervals(a, b, r.Confidence, r.Resamples, rand.New(rand.NewPCG(r.Seed, 0)))
	for j := range estimates {
		estimates[j] = Estimate{
			Value:    math.Min(1, math.Sqrt(ratio.Of(a[j], b[j]).Value)),
			Interval: Interval(intervals[j]),
			Fitted:   math.Hypot(t.even.ρ[j], t.odd.ρ[j]) / math.Sqrt2,
			least:    leastOf(a[j], b[j]),
		}
		if η != nil {
			estimates[j].Variation, estimates[j].typical = η[j], typical[j]
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
func (t *trial) measure(count int) {
	from := len(t.squares)
	for range count - from {
		t.squares, t.lengths = append(t.squares, nil), append(t.lengths, nil)
	}
	if from < count {
		t.even.test(t.odd.blocks, t.squares[from:count], t.lengths[from:count], from)
		t.odd.test(t.even.blocks, t.squares[from:count], t.lengths[from:count], from)
	}
}

// test appends ‖C h‖² and hᵀDh of every block for len(a) generators from the given one on.
func (s *solution) test(blocks []*Polarization, a, b [][]float64, from int) {
	k, _ := s.h.Dims()
	h := linalg.Times(s.w, mat.DenseCopyOf(s.h.Slice(0, k, from, from+len(a))))
	as, bs := squaresOf(blocks, h)
	for i := range blocks {
		for j := range a {
			a[j], b[j] = append(a[j], as[i][j]), append(b[j], bs[i][j])
		}
	}
}

// variations returns η of the first len(a) directions, of either kind, given ‖C h‖² of every
// block for generators that were fitted to the other blocks; nil if η is not known.
func (t *trial) variations(a [][]float64, along func(v *Variation, h *mat.Dense, squares []float64) []float64) []float64 {
	if t.variation == nil || t.variation.Outputs == 0 {
		return nil
	}
	squares, η := make([]float64, len(a)), make([]float64, len(a))
	for j := range a {
		squares[j] = floats.Sum(a[j])
	}
	for _, s := range []*solution{t.even, t.odd} {
		one := along(t.variation, s.first(len(a)), squares)
		for j := range one {
			η[j] += one[j] / 2
		}
	}
	return η
}

// first is the first count directions, as coefficients of the candidates.
func (s *solution) first(count int) *mat.Dense {
	k, _ := s.h.Dims()
	return linalg.Times(s.w, mat.DenseCopyOf(s.h.Slice(0, k, 0, count)))
}

// byVariation rotates the first count directions, whose ρ is small, so that their η ascend.
// Directions with nearly equal ρ may be mixtures of a symmetry and a motion along which f is
// steep.
func (t *trial) byVariation(count int) error {
	t.squares, t.lengths = nil, nil
	for _, s := range []*solution{t.all, t.even, t.odd} {
		if err := s.byVariation(t.variation, count); err != nil {
			return err
		}
	}
	return nil
}

func (s *solution) byVariation(v *Variation, count int) error {
	k, _ := s.h.Dims()
	small := s.h.Slice(0, k, 0, count).(*mat.Dense)
	part := s.sum.restricted(mat.DenseCopyOf(small))
	motion := linalg.Congruent(v.Motion, s.first(count))
	g, found, err := relative(part.form(), newMetric(motion), count)
	if err != nil || found < count {
		return err
	}
	small.Copy(linalg.Times(mat.DenseCopyOf(small), g.First(count)))
	squares, lengths := squaresOf([]*Polarization{s.sum}, mat.DenseCopyOf(small))
	for j := range count {
		s.ρ[j] = math.Sqrt(squares[0][j] / lengths[0][j])
	}
	return nil
}
