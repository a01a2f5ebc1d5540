// Package sampling says which samples of an experiment belong together: how they are halved, and
// how intervals are estimated from them.
package sampling

import (
	"math"
	"math/rand/v2"
	"slices"

	"gonum.org/v1/gonum/floats"

	"github.com/liegg/lab/liegg"
	"github.com/liegg/lab/liegg/network"
)

// Plan says which samples belong together, and how intervals are resampled from them.
type Plan struct {
	Groups    network.Groups
	Resamples int    // of the bootstrap
	Seed      uint64 // of the resamples

	blocks  []int // of samples, for intervals; nil if neighbours form a block
	repeats int   // number of samples that equal others and so share a group; see For
	numbers []int // of the samples in the stream, if they were picked from it
}

// Estimate is a value with its interval of Confidence.
type Estimate struct{ Value, Lower, Upper float64 }

// Confidence is the level of all intervals.
const Confidence = .95

// bootBlocks is the number of blocks of samples that a resample draws.
const bootBlocks = 100

// Enough is the number of samples that an interval needs.
const Enough = 100

// Ratios estimates r = Σa/Σb over samples for several numerators over one denominator, with
// the interval of liegg.RatioInterval. The same blocks are drawn for all numerators.
func (p Plan) Ratios(numerators [][]float64, denominator []float64) []Estimate {
	b := p.Sums(denominator)
	estimates := make([]Estimate, len(numerators))
	for i, numerator := range numerators {
		estimates[i] = p.ratio(p.Sums(numerator), b)
	}
	return estimates
}

func (p Plan) ratio(a, b []float64) Estimate {
	r := floats.Sum(a) / floats.Sum(b)
	if len(a) == 1 { // a single sample says nothing about its error
		return Estimate{r, 0, math.Inf(1)}
	}
	random := rand.New(rand.NewPCG(p.Seed, 0x666c6f77)) // its own stream of random numbers
	root := liegg.RatioInterval(a, b, Confidence, p.Resamples, random)
	return Estimate{r, root.Lower * root.Lower, root.Upper * root.Upper}
}

// Sums adds up samples in at most bootBlocks blocks: whole groups if they are given,
// otherwise neighbours.
func (p Plan) Sums(v []float64) []float64 {
	sums := make([]float64, min(bootBlocks, len(v)))
	if p.blocks != nil {
		sums = make([]float64, slices.Max(p.blocks)+1)
	}
	for i, x := range v {
		if p.blocks != nil {
			sums[p.blocks[i]] += x
		} else {
			sums[i*len(sums)/len(v)] += x
		}
	}
	return sums
}

// Block returns the block of sample i, which is a block of its own without groups.
func (p Plan) Block(i int) int {
	if p.blocks == nil {
		return i
	}
	return p.blocks[i]
}

// Number returns the number of sample i in the stream that it was picked from.
func (p Plan) Number(i int) int {
	if p.numbers == nil {
		return i
	}
	return p.numbers[i]
}

// Repeats reports whether samples form a group because they are equal.
func (p Plan) Repeats() bool { return p.repeats > 0 }
