// Package ratio bounds roots of ratios of sums, such as relative defects, by intervals from resampled
// blocks.
package ratio

import (
	"math"
	"math/rand/v2"
	"runtime"
	"slices"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas64"
	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/stat/distuv"

	"github.com/liegg/lab/liegg/internal/cores"
	"github.com/liegg/lab/liegg/internal/quantile"
)

// Interval is a confidence interval; Lower ≤ Upper.
type Interval struct{ Lower, Upper float64 }

// Intervals returns the confidence intervals of √(Σa/Σb) for several ratios, with a and b for the
// same blocks of samples that do not depend on each other. All ratios are taken over the same
// resamples. It is the symmetric studentised bootstrap of 1/√(Σa/Σb) (Hall, The Bootstrap and
// Edgeworth Expansion, 1992, §3.6), because sums of squares are skewed and percentile
// intervals cover too little. If few blocks dominate the sums, their spread is poorly known,
// and the interval is widened for that (see inflation).
//
// Confidence is in (0, 1). A ratio of zero has the interval [0, 0]. The upper end is +Inf if the
// blocks do not bound it.
func Intervals(a, b [][]float64, confidence float64, resamples int, random *rand.Rand) []Interval {
	intervals := make([]Interval, len(a))
	var open []*bootstrap // the intervals that need resamples
	for j := range a {
		whole := Of(a[j], b[j])
		switch {
		case floats.Sum(b[j]) == 0: // nothing was measured
			intervals[j] = Interval{0, math.Inf(1)}
		case whole.Value == 0 || whole.spread == 0:
			intervals[j] = Interval{math.Sqrt(whole.Value), math.Sqrt(whole.Value)}
		default:
			open = append(open, &bootstrap{at: j, whole: whole, pivots: make([]float64, 0, resamples)})
		}
	}
	if len(open) == 0 {
		return intervals
	}
	drawn := make([][]float64, resamples) // how often each block is in each resample
	for k := range drawn {
		drawn[k] = make([]float64, len(a[0]))
		for range drawn[k] {
			drawn[k][random.IntN(len(a[0]))]++
		}
	}
	parts := slices.Collect(slices.Chunk(open, (len(open)+runtime.GOMAXPROCS(0)-1)/runtime.GOMAXPROCS(0)))
	cores.Do(len(parts), func(i int) {
		newRatioBlocks(a, b, parts[i]).resample(drawn)
		for _, o := range parts[i] {
			intervals[o.at] = o.interval(a[o.at], b[o.at], confidence)
		}
	})
	return intervals
}

// bootstrap collects the pivots of a ratio, |√(r/whole) − 1| in units of the standard error of a
// resample.
type bootstrap struct {
	at     int // which of several ratios
	whole  Ratio
	pivots []float64
}

func (o *bootstrap) add(r Ratio) {
	switch {
	case r.Value == 0: // resamples contain 1/√0 if only a few blocks contribute to Σa
		o.pivots = append(o.pivots, math.Inf(1))
	case r.spread > 0:
		o.pivots = append(o.pivots, math.Abs(math.Sqrt(r.Value/o.whole.Value)-1)*2/r.spread)
	}
}

// interval returns the interval of the ratio of a and b.
func (o *bootstrap) interval(a, b []float64, confidence float64) Interval {
	worst := worstOf(a, b)
	if len(o.pivots) == 0 {
		return Interval{0, worst}
	}
	width := quantile.LinInterp(confidence, o.pivots) * o.whole.spread / 2 * inflation(a, b, o.whole.Value, confidence)
	if math.IsNaN(width) { // interpolated between infinities
		width = math.Inf(1)
	}
	ρ := math.Sqrt(o.whole.Value)
	return Interval{ρ / (1 + width), math.Min(worst, ρ/math.Max(0, 1-width))}
}

// inflation is the ratio of the quantiles of Student's t and of the normal distribution. The
// squared standard error is a mean of squares of e_i = a_i − r·b_i. It has about 2n/(κ − 1)
// degrees of freedom, κ = n·Σe⁴/(Σe²)² (Satterthwaite, An approximate distribution of
// estimates of variance components, 1946): n for normal e, and 2 if one block dominates.
// Without this factor, intervals from 40 to 150 groups of samples cover ρ in only 87 to 91 %
// at a confidence of 95 %.
func inflation(a, b []float64, r, confidence float64) float64 {
	var squares, fourths float64
	for i := range a {
		e := a[i] - r*b[i]
		squares += e * e
		fourths += e * e * e * e
	}
	n, tail := float64(len(a)), (1+confidence)/2
	degrees := 2 * n / (n*fourths/(squares*squares) - 1)
	if !(degrees > 0 && degrees < 1e4) { // κ may be below 1 by rounding, and e too small for its fourth power
		return 1
	}
	return distuv.StudentsT{Sigma: 1, Nu: degrees}.Quantile(tail) / distuv.UnitNormal.Quantile(tail)
}

// worstOf returns the largest √(a_i/b_i), or +Inf if there are too few blocks for the worst
// of them to be a bound.
func worstOf(a, b []float64) float64 {
	const enough = 50
	if len(a) < enough {
		return math.Inf(1)
	}
	var worst float64
	for i := range a {
		if a[i] > 0 {
			worst = math.Max(worst, a[i]/b[i])
		}
	}
	return math.Sqrt(worst)
}

// ratioBlocks holds the numbers of blocks from which the resampled Of of several ratios
// follows in one pass.
type ratioBlocks struct {
	of []*bootstrap
	// rows holds a row for each block, with five numbers of each ratio: a, b, and the products ee, eb
	// and bb of b and of the deviation e = a − r·b, with r = Σa/Σb of all blocks.
	rows blas64.General
}

func newRatioBlocks(a, b [][]float64, of []*bootstrap) ratioBlocks {
	blocks, columns := len(a[0]), 5*len(of)
	s := ratioBlocks{of, blas64.General{Rows: blocks, Cols: columns, Stride: columns}}
	for i := range blocks {
		for _, o := range of {
			a, b := a[o.at][i], b[o.at][i]
			e := a - o.whole.Value*b
			s.rows.Data = append(s.rows.Data, a, b, e*e, e*b, b*b)
		}
	}
	return s
}

// resample gives each ratio its values for blocks that were drawn with replacement, each so often.
func (s ratioBlocks) resample(drawn [][]float64) {
	blocks, columns := s.rows.Rows, s.rows.Cols
	sums := blas64.Vector{N: columns, Inc: 1, Data: make([]float64, columns)}
	for _, counts := range drawn {
		clear(sums.Data)
		blas64.Gemv(blas.Trans, 1, s.rows, blas64.Vector{N: blocks, Inc: 1, Data: counts}, 1, sums)
		for j, o := range s.of {
			o.add(resampled(sums.Data[5*j:5*j+5], o.whole.Value, float64(blocks)))
		}
	}
}

// resampled is Of for n blocks with the given sums of a row of ratioBlocks. The deviations from a
// ratio r + δ are e − δ·b. Since δ·b is not much larger than e, little is lost when their squares
// are expanded.
func resampled(sums []float64, r, n float64) Ratio {
	a, b, ee, eb, bb := sums[0], sums[1], sums[2], sums[3], sums[4]
	if a <= 0 || b <= 0 {
		return Ratio{}
	}
	δ := a/b - r
	squares := math.Max(0, ee-2*δ*eb+δ*δ*bb)
	return Ratio{a / b, math.Sqrt(squares*n/(n-1)) / a}
}

// Ratio is Σa/Σb with the standard error of its logarithm.
type Ratio struct{ Value, spread float64 }

// Of returns Σa/Σb, which is 0 unless both sums are positive.
func Of(a, b []float64) Ratio {
	var sa, sb float64
	for i := range a {
		sa += a[i]
		sb += b[i]
	}
	if sa <= 0 || sb <= 0 {
		return Ratio{}
	}
	r := sa / sb
	var squares float64
	for i := range a {
		e := a[i] - r*b[i]
		squares += e * e
	}
	n := float64(len(a))
	return Ratio{r, math.Sqrt(squares*n/(n-1)) / sa}
}
