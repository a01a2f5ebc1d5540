// Package dependence finds samples that depend on each other from where they lie: in tight
// clusters (altered copies, neighbourhoods of a few centres), in overlapping clumps, along
// curves (trajectories), or near the samples before and after them.
//
// It keeps a subsample of a stream and looks for the neighbours of some of its samples.
package dependence

import (
	"cmp"
	"math"
	"math/bits"
	"math/rand/v2"
	"slices"
)

const (
	mostSamples = 8192     // largest number of samples kept
	mostBytes   = 32 << 20 // largest memory for them
)

// Sample is a uniform subsample of a stream: a reservoir (Vitter, Random sampling with a
// reservoir, 1985) of pairs of consecutive samples. It holds at most 8192 samples and 32 MiB,
// but always at least one pair.
type Sample struct {
	n      int // dimension of a sample
	most   int // largest number of pairs
	pairs  []pair
	passed int // number of samples of the stream so far
	at     int // index under which the current pair is kept; most if it is not kept
	random *rand.Rand
	source *rand.PCG // of random
}

// pair holds two consecutive samples. The second may be missing at the end of the stream.
type pair struct {
	index  int // in the stream of pairs
	values []float64
}

// NewSample returns an empty subsample of samples of n numbers each.
func NewSample(n int) *Sample {
	most := min(mostSamples, mostBytes/(8*max(1, n))) / 2
	source := rand.NewPCG(1, 0)
	return &Sample{n: n, most: max(1, most), random: rand.New(source), source: source}
}

// Next goes on to the next sample of the stream, and reports whether the caller must Keep it.
func (s *Sample) Next() bool {
	if s.passed%2 == 0 {
		s.begin(s.passed / 2)
	}
	s.passed++
	return s.at < s.most
}

// Coming returns which of the next samples, of the given number, must be kept, counted from 0.
func (s *Sample) Coming(samples int) (kept []int) {
	source, at := *s.source, s.at
	random := rand.New(&source)
	for i := range samples {
		if passed := s.passed + i; passed%2 == 0 {
			at = s.place(passed/2, random)
		}
		if at < s.most {
			kept = append(kept, i)
		}
	}
	return kept
}

// place returns the index under which the pair with an index in the stream is kept; most if it is not.
func (s *Sample) place(index int, random *rand.Rand) int {
	if index < s.most {
		return index
	}
	return min(s.most, random.IntN(index+1))
}

// begin decides whether the pair with this index in the stream is kept, and under which index.
func (s *Sample) begin(index int) {
	s.at = s.place(index, s.random)
	switch {
	case index < s.most:
		s.pairs = append(s.pairs, pair{index, make([]float64, 0, 2*s.n)})
	case s.at < s.most:
		s.pairs[s.at] = pair{index, s.pairs[s.at].values[:0]}
	}
}

// Keep keeps x, numbers of the current sample. It may be called several times, with n
// numbers in all.
func (s *Sample) Keep(x []float64) {
	s.pairs[s.at].values = append(s.pairs[s.at].values, x...)
}

// Look tests whether the samples of the stream depend on each other.
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

// distinct returns, in order, the samples of those complete pairs in which both samples are
// finite and neither repeats an earlier one. Repeats are counted elsewhere.
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

// digest hashes a sample, and reports whether all of its numbers are finite.
func digest(x []float64) (key uint64, finite bool) {
	sum := 0.
	for _, v := range x {
		key = bits.RotateLeft64(key^math.Float64bits(v), 29) * 0x9e3779b97f4a7c15
		sum += v - v
	}
	return key, sum == 0
}
