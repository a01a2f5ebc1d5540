// Package dependence looks for samples that depend on each other, by how they lie: in
// tight clusters (altered copies, the surroundings of a few centres), along curves
// (trajectories), or near to the samples before and after them.
//
// It keeps a subsample of a stream, and asks for the neighbours of some of it.
package dependence

import (
	"hash/maphash"
	"math"
	"math/rand/v2"
)

const (
	mostSamples = 8192     // that are kept
	mostBytes   = 64 << 20 // that they take
)

// Sample is a uniform subsample of a stream, of pairs of samples that follow each other.
// It takes at most 64 MiB and 8192 samples.
type Sample struct {
	n      int // numbers in a sample
	most   int // pairs
	values []float64
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
	if len(s.values) < 2*s.most*s.n {
		return
	}
	pair := 2 * s.n
	half := s.values[:0]
	for at := 0; at+pair < len(s.values); at += 2 * pair {
		from := at + pair*s.random.IntN(2)
		half = append(half, s.values[from:from+pair]...)
	}
	s.values = half
	s.stride *= 2
}

// Keep keeps the n numbers of the sample that Next asked for.
func (s *Sample) Keep(x []float64) { s.values = append(s.values, x...) }

// Look says what the samples that passed look like.
func (s *Sample) Look() Finding {
	random := rand.New(rand.NewPCG(2, 0))
	x := s.distinct()
	if len(x) < leastSamples*s.n {
		return Finding{}
	}
	points, width := prepared(x, s.n, random)
	if width == 0 {
		return Finding{}
	}
	return look(points, width, s.passed, random)
}

// distinct are the whole pairs of which no sample is equal to an earlier one: repeats are
// counted elsewhere, and not finite ones are refused.
func (s *Sample) distinct() []float64 {
	seed, seen := maphash.MakeSeed(), map[uint64]struct{}{}
	pair := 2 * s.n
	distinct := make([]float64, 0, len(s.values))
	for at := 0; at+pair <= len(s.values); at += pair {
		whole := true
		for from := at; from < at+pair; from += s.n {
			key, finite := digest(seed, s.values[from:from+s.n])
			_, repeated := seen[key]
			whole = whole && finite && !repeated
			seen[key] = struct{}{}
		}
		if whole {
			distinct = append(distinct, s.values[at:at+pair]...)
		}
	}
	return distinct
}

func digest(seed maphash.Seed, x []float64) (key uint64, finite bool) {
	var h maphash.Hash
	h.SetSeed(seed)
	sum := 0.
	for _, v := range x {
		maphash.WriteComparable(&h, v)
		sum += v - v
	}
	return h.Sum64(), sum == 0 && !math.IsNaN(sum)
}
