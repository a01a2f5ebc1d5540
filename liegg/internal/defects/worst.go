package defects

import (
	"math"
	"math/rand/v2"

	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/internal/linalg"
	"github.com/liegg/lab/liegg/internal/ratio"
	"github.com/liegg/lab/liegg/internal/sums"
)

// Trusted is the smallest number of blocks for which intervals are given.
const Trusted = 50

// Spanned are sums over the span of d generators h, d×d each.
type Spanned struct {
	squares, lengths []*mat.SymDense // hᵀCᵀCh and hᵀDh of each block
	motion           *mat.SymDense   // V·hᵀMh of all blocks, see Variation; nil if it is not known
}

// SpannedBy returns the sums over the span of the columns of h, K×d, for blocks of samples and their
// variation, which may be nil.
func SpannedBy(h *mat.Dense, blocks []*sums.Sum, v *Variation) (s Spanned) {
	for _, p := range blocks {
		if p.Gram == nil && p.Triangle == nil {
			continue
		}
		s.squares, s.lengths = append(s.squares, p.Square(h)), append(s.lengths, linalg.Congruent(p.Metric, h))
	}
	if v != nil && v.Outputs > 0 {
		s.motion = linalg.Congruent(v.Motion, h)
		s.motion.ScaleSym(v.Outputs, s.motion)
	}
	return s
}

// Worst finds the worst direction on one half of the blocks and tests it on the other half. What is
// not known is NaN.
func (s Spanned) Worst(confidence float64, resamples int, seed uint64) Estimate {
	unknown := Estimate{Value: math.NaN(), Interval: ratio.Interval{Lower: math.NaN(), Upper: math.NaN()}}
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
	if len(a) >= Trusted {
		worst.Interval = ratio.Intervals([][]float64{a}, [][]float64{b}, confidence, resamples, rand.New(rand.NewPCG(seed, 0)))[0]
	}
	return worst
}

// varying returns η of the direction along which the outputs vary most, found on one half of the
// blocks and tested on the other; 0 if it is not known. squares holds the sums hᵀCᵀCh of the
// halves.
func (s Spanned) varying(squares [2]*mat.SymDense) float64 {
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
	w, err := NewMetric(b).Whiten()
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
