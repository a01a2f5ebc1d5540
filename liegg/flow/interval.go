package flow

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/stat"
)

// Interval is an estimate with its 95 % confidence interval.
type Interval struct{ Value, Lower, Upper float64 }

// String is "0.012 (0.011…0.014)".
func (i Interval) String() string {
	return fmt.Sprintf("%.2g (%.2g…%.2g)", i.Value, i.Lower, i.Upper)
}

// root is the interval of the square root.
func (i Interval) root() Interval {
	return Interval{math.Sqrt(i.Value), math.Sqrt(i.Lower), math.Sqrt(i.Upper)}
}

// confidence of all intervals.
const confidence = .95

// bootBlocks is the number of blocks of samples that are drawn in a resample.
const bootBlocks = 100

// ratios estimates r = Σa/Σb over samples, for each of several numerators over one
// denominator, with an interval by the studentised block bootstrap of 1/√r, its two
// tails taken together (symmetric bootstrap-t; Hall, "The Bootstrap and Edgeworth
// Expansion", 1992, §3.6). On ratios of sixth-order moments of 2000 normal samples
// it covers at .94, where percentiles cover at .91 and bootstrap-t with separate
// tails at .93. The same blocks are drawn for all numerators.
func ratios(numerators [][]float64, denominator []float64, s Settings) []Interval {
	b := blockSums(denominator)
	estimates := make([]Interval, len(numerators))
	draws := drawBlocks(len(b), s)
	for i, numerator := range numerators {
		estimates[i] = ratio(blockSums(numerator), b, draws)
	}
	return estimates
}

// blockSums adds up samples in at most bootBlocks blocks of neighbours.
func blockSums(v []float64) []float64 {
	sums := make([]float64, min(bootBlocks, len(v)))
	for i, x := range v {
		sums[i*len(sums)/len(v)] += x
	}
	return sums
}

// drawBlocks draws how often each of n blocks is in each resample.
func drawBlocks(n int, s Settings) [][]float64 {
	random := rand.New(rand.NewPCG(s.Seed, 0x666c6f77)) // a stream of its own
	draws := make([][]float64, s.Resamples)
	for k := range draws {
		draws[k] = make([]float64, n)
		for range n {
			draws[k][random.IntN(n)]++
		}
	}
	return draws
}

func ratio(a, b []float64, draws [][]float64) Interval {
	r, deviation := weightedRatio(a, b, slices.Repeat([]float64{1}, len(a)))
	if r == 0 || deviation == 0 { // exact
		return Interval{r, r, r}
	}
	var students []float64
	for _, weights := range draws {
		if drawn, its := weightedRatio(a, b, weights); drawn > 0 && its > 0 {
			students = append(students, math.Abs(math.Sqrt(drawn/r)-1)*2/its)
		}
	}
	if len(students) == 0 { // a single sample says nothing of its error
		return Interval{r, 0, math.Inf(1)}
	}
	slices.Sort(students)
	width := stat.Quantile(confidence, stat.LinInterp, students, nil) * deviation / 2
	return Interval{r, r / math.Pow(1+width, 2), r / math.Pow(max(0, 1-width), 2)}
}

// weightedRatio returns r = Σwa/Σwb and the standard error of log r by the delta
// method.
func weightedRatio(a, b, weights []float64) (r, deviation float64) {
	sum := floats.Dot(weights, a)
	r = sum / floats.Dot(weights, b)
	squares := 0.0
	for i, w := range weights {
		e := a[i] - r*b[i]
		squares += w * e * e
	}
	n := float64(len(a))
	return r, math.Sqrt(squares*n/(n-1)) / sum
}
