package flow

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"gonum.org/v1/gonum/floats"

	"github.com/liegg/lab/liegg"
)

// Interval is an estimate with its 95 % confidence interval.
type Interval struct{ Value, Lower, Upper float64 }

// String is "0.012 (0.011…0.014)".
func (i Interval) String() string {
	return fmt.Sprintf("%.2g (%.2g…%.2g)", i.Value, i.Lower, i.Upper)
}

// root returns the interval of the square root.
func (i Interval) root() Interval {
	return Interval{math.Sqrt(i.Value), math.Sqrt(i.Lower), math.Sqrt(i.Upper)}
}

// confidence is the level of all intervals.
const confidence = .95

// bootBlocks is the number of blocks of samples that a resample draws.
const bootBlocks = 100

// ratios estimates r = Σa/Σb over samples for several numerators over one denominator, with
// the interval of liegg.RatioInterval. The same blocks are drawn for all numerators.
func ratios(numerators [][]float64, denominator []float64, s Settings) []Interval {
	b := s.blockSums(denominator)
	estimates := make([]Interval, len(numerators))
	for i, numerator := range numerators {
		estimates[i] = ratio(s.blockSums(numerator), b, s)
	}
	return estimates
}

func ratio(a, b []float64, s Settings) Interval {
	r := floats.Sum(a) / floats.Sum(b)
	if len(a) == 1 { // a single sample says nothing about its error
		return Interval{r, 0, math.Inf(1)}
	}
	random := rand.New(rand.NewPCG(s.Seed, 0x666c6f77)) // its own stream of random numbers
	root := liegg.RatioInterval(a, b, confidence, s.Resamples, random)
	return Interval{r, root.Lower * root.Lower, root.Upper * root.Upper}
}

// blockSums adds up samples in at most bootBlocks blocks: whole groups if they are given,
// otherwise neighbours.
func (s Settings) blockSums(v []float64) []float64 {
	sums := make([]float64, min(bootBlocks, len(v)))
	if s.blocks != nil {
		sums = make([]float64, slices.Max(s.blocks)+1)
	}
	for i, x := range v {
		if s.blocks != nil {
			sums[s.blocks[i]] += x
		} else {
			sums[i*len(sums)/len(v)] += x
		}
	}
	return sums
}
