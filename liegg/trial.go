package liegg

import (
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/liegg/lab/liegg/lie"
	"gonum.org/v1/gonum/mat"
)

// trial fits generators to every other block of samples and tests them on the
// rest, and the other way round: each block tests generators that have not
// seen it (cross-fitting).
type trial struct {
	candidates     Candidates
	all, even, odd *solution
}

// solution is the generalised eigenproblem CᵀC h = ρ² D h of some blocks.
type solution struct {
	blocks []*Polarization
	ρ      []float64
	h      *mat.Dense // coefficients, as columns
}

func newTrial(e *Evidence, c Candidates) (*trial, error) {
	even, odd := e.halves()
	t := &trial{candidates: c}
	var err error
	if t.all, err = solved(e.k, e.blocks); err != nil {
		return nil, err
	}
	if t.even, err = solved(e.k, even); err != nil {
		return nil, fmt.Errorf("half of the samples, to fit generators: %w", err)
	}
	if t.odd, err = solved(e.k, odd); err != nil {
		return nil, fmt.Errorf("half of the samples, to test generators: %w", err)
	}
	return t, nil
}

func solved(k int, blocks []*Polarization) (*solution, error) {
	p, err := merged(k, blocks)
	if err != nil {
		return nil, err
	}
	if err := p.ready(); err != nil {
		return nil, err
	}
	ρ, h, _, err := relative(p.form(), newMetric(p.metric), p.k)
	if err != nil {
		return nil, err
	}
	return &solution{blocks, ρ, h}, nil
}

func (t *trial) blocks() int { return len(t.all.blocks) }

// directions is the number of directions that move the data.
func (t *trial) directions() int {
	return min(len(t.all.ρ), len(t.even.ρ), len(t.odd.ρ))
}

// span is the algebra of the d smallest directions.
func (t *trial) span(s *solution, d int) lie.Algebra {
	gens := make([]*mat.Dense, d)
	for j := range gens {
		gens[j] = mat.DenseCopyOf(t.candidates.Generator(mat.Col(nil, j, s.h)))
	}
	return spanOf(t.candidates, fmt.Sprintf("%d smallest by ρ", d), gens)
}

// estimates tests the smallest directions, 40 of them or as many as asked for.
func (t *trial) estimates(wanted int, r Rule) []Estimate {
	count := min(t.directions(), max(40, wanted))
	a, b := make([][]float64, count), make([][]float64, count)
	t.even.test(t.odd.blocks, a, b)
	t.odd.test(t.even.blocks, a, b)
	estimates := make([]Estimate, count)
	for j := range estimates {
		random := rand.New(rand.NewPCG(r.Seed, uint64(j)))
		estimates[j] = Estimate{
			Value:    math.Min(1, math.Sqrt(ratioOf(a[j], b[j]).value)),
			Interval: RatioInterval(a[j], b[j], r.Confidence, r.Resamples, random),
			Fitted:   math.Hypot(t.even.ρ[j], t.odd.ρ[j]) / math.Sqrt2,
		}
	}
	return estimates
}

// test appends ‖C h‖² and hᵀDh of every block for the first len(a) generators.
func (s *solution) test(blocks []*Polarization, a, b [][]float64) {
	k, _ := s.h.Dims()
	h := mat.DenseCopyOf(s.h.Slice(0, k, 0, len(a)))
	for _, block := range blocks {
		as, bs := block.squares(h)
		for j := range a {
			a[j], b[j] = append(a[j], as[j]), append(b[j], bs[j])
		}
	}
}
