package liegg

import (
	"math"
	"math/rand/v2"

	"github.com/liegg/lab/liegg/internal/linalg"
	"gonum.org/v1/gonum/mat"
)

// spanned are the sums hᵀCᵀCh and hᵀDh of blocks, d×d each.
type spanned struct{ squares, lengths []*mat.SymDense }

func (e *Evidence) within(h *mat.Dense) (s spanned) {
	if rows, _ := h.Dims(); rows != e.k {
		panic("liegg: WorstOfEach: h must have a row for each candidate")
	}
	for _, p := range e.blocks {
		if p.gram == nil && p.triangle == nil {
			continue
		}
		s.squares, s.lengths = append(s.squares, p.squareOf(h)), append(s.lengths, linalg.Congruent(p.metric, h))
	}
	return s
}

// worst finds the worst direction on one half of the blocks and tests it on the other half.
func (s spanned) worst(rule Rule) Estimate {
	unknown := Estimate{Value: math.NaN(), Interval: Interval{math.NaN(), math.NaN()}}
	if len(s.squares) < 2 {
		return unknown
	}
	directions := [2]*mat.VecDense{s.steepest(0), s.steepest(1)}
	if directions[0] == nil || directions[1] == nil {
		return unknown
	}
	a, b := make([]float64, len(s.squares)), make([]float64, len(s.squares))
	for i := range a {
		u := directions[1-i%2]
		a[i], b[i] = math.Max(0, mat.Inner(u, s.squares[i], u)), math.Max(0, mat.Inner(u, s.lengths[i], u))
	}
	ρ := math.Sqrt(ratioOf(a, b).value)
	worst := Estimate{Value: math.Min(1, ρ), Interval: unknown.Interval, Fitted: ρ}
	if len(a) >= trustedBlocks {
		worst.Interval = RatioInterval(a, b, rule.Confidence, rule.Resamples, rand.New(rand.NewPCG(rule.Seed, 0)))
	}
	return worst
}

// steepest is the direction of largest relative defect in the even blocks (half = 0) or the
// odd ones, of length 1 there; nil if there is none.
func (s spanned) steepest(half int) *mat.VecDense {
	d := s.squares[0].SymmetricDim()
	squares, lengths := mat.NewSymDense(d, nil), mat.NewSymDense(d, nil)
	for i := half; i < len(s.squares); i += 2 {
		squares.AddSym(squares, s.squares[i])
		lengths.AddSym(lengths, s.lengths[i])
	}
	w, err := newMetric(lengths).whiten()
	if err != nil {
		return nil
	}
	var eigen mat.EigenSym
	if !eigen.Factorize(linalg.Congruent(squares, w), true) {
		return nil
	}
	var vectors mat.Dense
	eigen.VectorsTo(&vectors)
	_, last := vectors.Dims()
	u := new(mat.VecDense)
	u.MulVec(w, vectors.ColView(last-1))
	return u
}

// WorstOfEach returns, for every part of a function or of its data, such as its outputs, the
// relative defect of the generator that changes the part most, in the span of the columns of
// h, K×d. These are coefficients of generators that were chosen without regard to the parts.
// The worst generator is found in every other block of samples and measured on the rest, and
// the other way round. Value is NaN if a part has fewer than two blocks, or if the generators
// move nothing. The ends of the interval are NaN if the part has fewer than 50 blocks.
//
// The intervals allow for the number of parts: with m parts, the interval of each part that may be
// above the threshold has the confidence 1 − (1 − Confidence)/m, so that it is unlikely that
// any of m parts is accused by chance. It panics unless h has K rows, or if a field of the rule
// is out of its range.
func WorstOfEach(parts []*Evidence, h *mat.Dense, rule Rule, threshold float64) []Estimate {
	rule = rule.withDefaults()
	quick, careful := rule, rule
	quick.Resamples = min(rule.Resamples, 200)
	m := float64(max(1, len(parts)))
	careful.Confidence = 1 - (1-rule.Confidence)/m
	careful.Resamples = int(math.Min(1e5, float64(rule.Resamples)*math.Max(1, m/20)))
	each := make([]Estimate, len(parts))
	for i, e := range parts {
		s := e.within(h)
		if each[i] = s.worst(quick); each[i].Value > suspicious*threshold {
			each[i] = s.worst(careful)
		}
	}
	return each
}
