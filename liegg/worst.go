package liegg

import (
	"math"
	"math/rand/v2"

	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/internal/defects"
	"github.com/liegg/lab/liegg/internal/linalg"
	"github.com/liegg/lab/liegg/internal/ratio"
)

// spanned are sums over the span of d generators h, d×d each.
type spanned struct {
	squares, lengths []*mat.SymDense // hᵀCᵀCh and hᵀDh of each block
	motion           *mat.SymDense   // V·hᵀMh of all blocks, see Variation; nil if it is not known
}

func (e *Evidence) within(h *mat.Dense) (s spanned) {
	if rows, _ := h.Dims(); rows != e.k {
		panic("liegg: WorstOfEach: h must have a row for each candidate")
	}
	for _, p := range e.blocks.Each {
		if p.Gram == nil && p.Triangle == nil {
			continue
		}
		s.squares, s.lengths = append(s.squares, p.Square(h)), append(s.lengths, linalg.Congruent(p.Metric, h))
	}
	if v := e.variation; v != nil && v.Outputs > 0 {
		s.motion = linalg.Congruent(v.Motion, h)
		s.motion.ScaleSym(v.Outputs, s.motion)
	}
	return s
}

// worst finds the worst direction on one half of the blocks and tests it on the other half.
func (s spanned) worst(rule Rule) Estimate {
	unknown := Estimate{Value: math.NaN(), Interval: Interval{math.NaN(), math.NaN()}}
	if len(s.squares) < 2 {
		return unknown
	}
	squares, lengths := halfSums(s.squares), halfSums(s.lengths)
	directions := [2]*mat.VecDense{steepest(squares[0], lengths[0]), steepest(squares[1], lengths[1])}
	if directions[0] == nil || directions[1] == nil {
		return unknown
	}
	a, b := make([]float64, len(s.squares)), make([]float64, len(s.squares))
	for i := range a {
		u := directions[1-i%2]
		a[i], b[i] = math.Max(0, mat.Inner(u, s.squares[i], u)), math.Max(0, mat.Inner(u, s.lengths[i], u))
	}
	ρ := math.Sqrt(ratio.Of(a, b).Value)
	worst := Estimate{Value: math.Min(1, ρ), Interval: unknown.Interval, Fitted: ρ, Variation: s.varying(squares)}
	if len(a) >= trustedBlocks {
		worst.Interval = RatioInterval(a, b, rule.Confidence, rule.Resamples, rand.New(rand.NewPCG(rule.Seed, 0)))
	}
	return worst
}

// varying returns η of the direction along which the outputs vary most, found on one half of the
// blocks and tested on the other; 0 if it is not known. squares holds the sums hᵀCᵀCh of the
// halves.
func (s spanned) varying(squares [2]*mat.SymDense) float64 {
	if s.motion == nil {
		return 0
	}
	square := 0.
	for half := range squares {
		u := steepest(squares[half], s.motion)
		if u == nil {
			return 0
		}
		square += math.Max(0, mat.Inner(u, squares[1-half], u)) / mat.Inner(u, s.motion, u)
	}
	return math.Sqrt(square)
}

// halfSums are the sums over the even blocks and over the odd ones.
func halfSums(blocks []*mat.SymDense) (sums [2]*mat.SymDense) {
	for half := range sums {
		sums[half] = mat.NewSymDense(blocks[0].SymmetricDim(), nil)
		for i := half; i < len(blocks); i += 2 {
			sums[half].AddSym(sums[half], blocks[i])
		}
	}
	return sums
}

// steepest is the direction u of largest uᵀAu/uᵀBu; nil if there is none.
func steepest(a, b *mat.SymDense) *mat.VecDense {
	w, err := defects.NewMetric(b).Whiten()
	if err != nil {
		return nil
	}
	var eigen mat.EigenSym
	if !eigen.Factorize(linalg.Congruent(a, w), true) {
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
// Variation is η of the generator along which the part varies most, in units of the part's
// spread; 0 if that is not known.
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
