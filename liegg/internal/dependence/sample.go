// Package dependence looks for samples that depend on each other, by how they lie: in
// tight clusters (altered copies, the surroundings of a few centres), in clumps that
// overlap, along curves (trajectories), or near to the samples before and after them.
//
// It keeps a subsample of a stream, and asks for the neighbours of some of it.
package dependence

import (
	"cmp"
	"math"
	"math/bits"
	"math/rand/v2"
	"slices"
)

const (
	mostSamples = 8192     // that are kept
	mostBytes   = 32 << 20 // that they take
)

// Sample is a uniform subsample of a stream, of pairs of samples that follow each other: a
// reservoir (Vitter, Random sampling with a reservoir, 1985). It takes at most 8192 samples
// and 32 MiB, but for a pair of the largest.
type Sample struct {
	n      int // numbers in a sample
	most   int // pairs
	pairs  []pair
	passed int // samples of the stream
	at     int // where the pair that passes is kept; most where it is not
	random *rand.Rand
}

// pair are two samples, the second of which may be missing.
type pair struct {
	index  int // in the stream of pairs
	values []float64
}

// NewSample returns an empty subsample of samples of n numbers each.
func NewSample(n int) *Sample {
	most := min(mostSamples, mostBytes/(8*max(1, n))) / 2
	return &Sample{n: n, most: max(1, most), random: rand.New(rand.NewPCG(1, 0))}
}

// Next passes on to the next sample of the stream, and says whether it is to be kept.
func (s *Sample) Next() bool {
	if s.passed%2 == 0 {
		s.begin(s.passed / 2)
	}
	s.passed++
	return s.at < s.most
}

// begin decides about a pair.
func (s *Sample) begin(index int) {
	switch {
	case index < s.most:
		s.at = index
		s.pairs = append(s.pairs, pair{index, make([]float64, 0, 2*s.n)})
	default:
		s.at = min(s.most, s.random.IntN(index+1))
		if s.at < s.most {
			s.pairs[s.at] = pair{index, s.pairs[s.at].values[:0]}
		}
	}
}

// Keep keeps the n numbers of the sample that Next asked for.
func (s *Sample) Keep(x []float64) {
	s.pairs[s.at].values = append(s.pairs[s.at].values, x...)
}

// Look says what the samples that passed look like.
func (s *Sample) Look() Finding {
	random := rand.New(rand.NewPCG(2, 0))
	x := s.distinct()
	if len(x) < leastSamples {
		return Finding{}
	}
	points, width := prepared(x, random)
	if width == 0 {
		return Finding{}
	}
	return look(points, width, random)
}

// distinct are the samples, in order, of the whole pairs of which none is equal to an
// earlier one: repeats are counted elsewhere, and what is not finite is refused.
func (s *Sample) distinct() (x [][]float64) {
	slices.SortFunc(s.pairs, func(a, b pair) int { return cmp.Compare(a.index, b.index) })
	seen := map[uint64]struct{}{}
	for _, pair := range s.pairs {
		whole := len(pair.values) == 2*s.n
		first, second := pair.values[:s.n], pair.values[s.n:]
		for _, sample := range [][]float64{first, second} {
			key, finite := digest(sample)
			_, repeated := seen[key]
			whole = whole && finite && !repeated
			seen[key] = struct{}{}
		}
		if whole {
			x = append(x, first, second)
		}
	}
	return x
}

// digest tells samples apart, by multiplication and rotation of their bits.
func digest(x []float64) (key uint64, finite bool) {
	sum := 0.
	for _, v := range x {
		key = bits.RotateLeft64(key^math.Float64bits(v), 29) * 0x9e3779b97f4a7c15
		sum += v - v
	}
	return key, sum == 0
}
