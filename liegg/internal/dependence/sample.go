// Package dependence looks for samples that depend on each other, by how they lie: in
// tight clusters (altered copies, the surroundings of a few centres), along curves
// (trajectories), or near to the samples before and after them.
//
// It keeps a subsample of a stream, and asks for the neighbours of some of it.
package dependence

import (
	"math"
	"math/bits"
	"math/rand/v2"
)

const (
	mostSamples = 8192     // that are kept
	mostBytes   = 32 << 20 // that they take
)

// Sample is a uniform subsample of a stream, of pairs of samples that follow each other.
// It takes at most 8192 samples and 32 MiB, but for a pair of the largest.
type Sample struct {
	n      int // numbers in a sample
	most   int // pairs
	pairs  [][]float64
	passed int // samples of the stream
	stride int // one pair is kept of that many
	chosen int // in the stride that passes
	random *rand.Rand
}

// NewSample returns an empty subsample of samples of n numbers each.
func NewSample(n int) *Sample {
	most := mostSamples / 2 // a power of 2, so that strides fit
	for most > 1 && 2*most*n*8 > mostBytes {
		most /= 2
	}
	return &Sample{n: n, most: most, stride: 1, random: rand.New(rand.NewPCG(1, 0))}
}

// Next passes on to the next sample of the stream, and says whether it is to be kept.
func (s *Sample) Next() bool {
	pair := s.passed / 2
	s.passed++
	if s.passed%2 == 1 && pair%s.stride == 0 {
		s.room()
		s.chosen = pair - pair%s.stride + s.random.IntN(s.stride)
	}
	return pair == s.chosen
}

// room makes room for a pair, by leaving out one of each two neighbours.
func (s *Sample) room() {
	if len(s.pairs) < s.most {
		return
	}
	half := s.pairs[:0]
	for at := 0; at+1 < len(s.pairs); at += 2 {
		half = append(half, s.pairs[at+s.random.IntN(2)])
	}
	clear(s.pairs[len(half):])
	s.pairs = half
	s.stride *= 2
}

// Keep keeps the n numbers of the sample that Next asked for.
func (s *Sample) Keep(x []float64) {
	if s.passed%2 == 1 {
		s.pairs = append(s.pairs, make([]float64, 0, 2*s.n))
	}
	last := &s.pairs[len(s.pairs)-1]
	*last = append(*last, x...)
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

// distinct are the samples of the whole pairs of which none is equal to an earlier one:
// repeats are counted elsewhere, and what is not finite is refused.
func (s *Sample) distinct() (x [][]float64) {
	seen := map[uint64]struct{}{}
	for _, pair := range s.pairs {
		whole := len(pair) == 2*s.n
		for _, sample := range [][]float64{pair[:s.n], pair[s.n:]} {
			key, finite := digest(sample)
			_, repeated := seen[key]
			whole = whole && finite && !repeated
			seen[key] = struct{}{}
		}
		if whole {
			x = append(x, pair[:s.n], pair[s.n:])
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
