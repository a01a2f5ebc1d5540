package stream

import (
	"math/rand/v2"
	"slices"

	"github.com/gomlx/compute/shapes"
	"github.com/gomlx/gomlx/core/tensors"

	"github.com/liegg/lab/liegg/internal/tensor"
)

// Spread keeps samples from all over a stream as it passes: one of every 2^level consecutive ones,
// at random. Which ones depends only on their places in the stream, not on how it is cut into
// tensors. The zero value keeps nothing.
type Spread struct {
	most    int // number of samples kept
	level   int
	passed  int
	samples [][]byte
	numbers []int        // index of each sample in the stream, ascending
	shape   shapes.Shape // of a tensor of the stream
}

// NewSpread keeps at most the given number of samples, and from a stream that is longer at least
// about half as many.
func NewSpread(most int) *Spread { return &Spread{most: max(1, most)} }

// Add offers the samples of the next tensor [n, input…].
func (s *Spread) Add(x *tensors.Tensor) error {
	if away(x) == nil {
		return SpreadEach(x, func(int) *Spread { return s })
	}
	before := s.passed
	for range x.Shape().Dim(0) {
		s.offer(nil)
	}
	known := slices.IndexFunc(s.numbers, func(number int) bool { return number >= before })
	if known < 0 {
		return nil
	}
	var at []int
	for _, number := range s.numbers[known:] {
		at = append(at, number-before)
	}
	var kept Joined
	if err := kept.pick(x, at); err != nil {
		return err
	}
	s.shape = x.Shape()
	for i := range at {
		s.samples[known+i] = tensor.Nth(kept.Bytes, i, len(at))
	}
	return nil
}

// SpreadEach offers each sample of a tensor [n, input…] to its own Spread, which counts the samples
// that it is offered.
func SpreadEach(x *tensors.Tensor, by func(i int) *Spread) error {
	n := x.Shape().Dim(0)
	if n == 0 {
		return nil
	}
	return x.ConstBytes(func(data []byte) {
		size := len(data) / n
		for i := range n {
			s := by(i)
			s.shape = x.Shape()
			s.offer(data[i*size : (i+1)*size])
		}
	})
}

// offer keeps a sample, unless it is one of those between.
func (s *Spread) offer(sample []byte) {
	if s.keeps(s.passed) {
		s.samples = append(s.samples, slices.Clone(sample))
		s.numbers = append(s.numbers, s.passed)
	}
	s.passed++
	for len(s.samples) > s.most {
		s.thin()
	}
}

// keeps reports whether a sample is the one of its 2^level. Of two neighbours of a level, a random
// one goes on to the next level.
func (s *Spread) keeps(number int) bool {
	for l := range s.level {
		pair := rand.NewPCG(uint64(l), uint64(number>>(l+1)))
		if uint64(number>>l)&1 != pair.Uint64()>>63 {
			return false
		}
	}
	return true
}

// thin keeps half of the samples.
func (s *Spread) thin() {
	s.level++
	kept := 0
	for i, number := range s.numbers {
		if s.keeps(number) {
			s.samples[kept], s.numbers[kept] = s.samples[i], number
			kept++
		}
	}
	clear(s.samples[kept:])
	s.samples, s.numbers = s.samples[:kept], s.numbers[:kept]
}

// Tensor returns the samples [n, input…], and their indices in the stream. It returns an error if
// there are none.
func (s *Spread) Tensor() (*tensors.Tensor, []int, error) {
	all := Joined{Shape: s.shape, Samples: len(s.samples)}
	all.Bytes = slices.Concat(s.samples...)
	x, err := all.Tensor()
	return x, s.numbers, err
}
