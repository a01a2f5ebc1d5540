package defects

import (
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/internal/candidates"
	"github.com/liegg/lab/liegg/internal/failure"
	"github.com/liegg/lab/liegg/internal/linalg"
	"github.com/liegg/lab/liegg/internal/sums"
	"github.com/liegg/lab/liegg/lie"
)

// Solution is the generalised eigenproblem CᵀC h = ρ² D h of some blocks, over the
// candidates h = W·g; a nil W means all candidates.
type Solution struct {
	Sum    *sums.Sum // of the blocks, restricted to W
	blocks []*sums.Sum
	w      *mat.Dense

	Moving  int               // the number of solutions
	found   linalg.Directions // all of them, or the smallest
	Defects []float64         // of those whose vectors were taken
	h       *mat.Dense
}

// Solve solves for the smallest directions of the sum of some blocks.
func Solve(sum *sums.Sum, blocks []*sums.Sum, w *mat.Dense) (*Solution, error) {
	if sum.Samples == 0 { // of a stream of one block, half is empty
		return nil, failure.ErrNoSamples
	}
	if w != nil {
		sum = sum.Restricted(w)
	}
	if err := sum.Ready(); err != nil {
		return nil, err
	}
	if sum.NotFinite() != "" {
		return nil, failure.ErrDecomposition
	}
	s := &Solution{Sum: sum, blocks: blocks, w: w}
	return s, s.Take(Tested)
}

// Take finds the count smallest directions, or as many as there are.
func (s *Solution) Take(count int) (err error) {
	if s.found.Values == nil || len(s.found.Values) < min(count, s.Moving) {
		if s.found, s.Moving, err = Smallest(s.Sum.Form(), NewMetric(s.Sum.Bound()), count); err != nil {
			return err
		}
	}
	count = min(count, len(s.found.Values))
	s.Defects, s.h = slices.Clone(s.found.Values[:count]), s.found.First(count)
	return nil
}

// Within counts the directions of at most the relative defect ρ.
func (s *Solution) Within(ρ float64) (count int, err error) {
	if n := len(s.found.Values); n < s.Moving && s.found.Values[n-1] <= ρ {
		if err := s.Take(s.Moving); err != nil {
			return 0, err
		}
	}
	for count < len(s.found.Values) && s.found.Values[count] <= ρ {
		count++
	}
	return count, nil
}

// Span returns the algebra of the d smallest directions, as matrices of the candidates.
func (s *Solution) Span(c candidates.Space, d int) lie.Algebra {
	gens := make([]*mat.Dense, d)
	h := linalg.Times(s.w, s.h)
	for j := range gens {
		gens[j] = mat.DenseCopyOf(c.Generator(mat.Col(nil, j, h)))
	}
	return candidates.Span(c, fmt.Sprintf("%d smallest by ρ", d), gens)
}

// First is the first count directions, as coefficients of the candidates.
func (s *Solution) First(count int) *mat.Dense {
	k, _ := s.h.Dims()
	return linalg.Times(s.w, mat.DenseCopyOf(s.h.Slice(0, k, 0, count)))
}

// test appends ‖C h‖² and hᵀDh of every block for len(a) generators from the given one on.
func (s *Solution) test(blocks []*sums.Sum, a, b [][]float64, from int) {
	k, _ := s.h.Dims()
	h := linalg.Times(s.w, mat.DenseCopyOf(s.h.Slice(0, k, from, from+len(a))))
	as, bs := sums.Squares(blocks, h)
	for i := range blocks {
		for j := range a {
			a[j], b[j] = append(a[j], as[i][j]), append(b[j], bs[i][j])
		}
	}
}

func (s *Solution) byVariation(v *Variation, count int) error {
	k, _ := s.h.Dims()
	small := s.h.Slice(0, k, 0, count).(*mat.Dense)
	part := s.Sum.Restricted(mat.DenseCopyOf(small))
	motion := linalg.Congruent(v.Motion, s.First(count))
	g, found, err := Smallest(part.Form(), NewMetric(motion), count)
	if err != nil || found < count {
		return err
	}
	small.Copy(linalg.Times(mat.DenseCopyOf(small), g.First(count)))
	squares, lengths := sums.Squares([]*sums.Sum{s.Sum}, mat.DenseCopyOf(small))
	for j := range count {
		s.Defects[j] = math.Sqrt(squares[0][j] / lengths[0][j])
	}
	return nil
}

// Tested is how many of the smallest directions a trial looks at.
const Tested = 40

// Carried returns the algebra of the d smallest directions in the coordinates of the inputs,
// given the algebra about the centre of the candidates. The errors are ErrFarAway and
// ErrUnits.
func (s *Solution) Carried(about lie.Algebra, d int, c candidates.Space) (a lie.Algebra, err error) {
	if about.Dim() < d {
		return about, failure.ErrUnits
	}
	centring := candidates.CentringOf(c)
	if centring == nil || d == 0 {
		a = s.Span(c, d)
	} else if a, err = conjugatedBack(about, centring); err != nil {
		return a, err
	}
	if a.Dim() < d && candidates.OutputUnits(c) != "" {
		return a, failure.ErrUnits
	}
	if a.Dim() < d {
		return a, failure.ErrFarAway
	}
	return a.Renamed(about.Name()), nil
}

// conjugatedBack returns q⁻¹·a·q.
func conjugatedBack(a lie.Algebra, q *mat.Dense) (lie.Algebra, error) {
	back, err := lie.Inverse(q)
	if err != nil {
		return a, err
	}
	return a.Conjugate(back)
}
