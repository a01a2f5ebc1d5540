package liegg

import (
	"math"
	"math/rand/v2"
	"slices"
)

// Interval is a confidence interval; Lower ≤ Upper.
type Interval struct{ Lower, Upper float64 }

// RatioInterval returns the confidence interval of √(Σa/Σb), such as a relative
// defect ρ(H) with a_i = ‖C_i h‖² and b_i = hᵀD_i h of blocks i of samples that
// do not depend on each other. It is a bootstrap-t on the logarithm of the
// ratio (Efron and Tibshirani, An Introduction to the Bootstrap, §12.5), which
// follows the skewness of a sum of squares where a percentile interval
// undercovers. Confidence is in (0, 1), typically .95; at least 50 blocks and
// some 1000 resamples are wanted. A ratio of zero has the interval [0, 0].
//
// The generator must be fixed in advance, or fitted to other samples.
func RatioInterval(a, b []float64, confidence float64, resamples int, random *rand.Rand) Interval {
	if len(a) != len(b) || len(a) < 2 {
		panic("liegg: RatioInterval: a and b need the same length of at least 2")
	}
	if !(confidence > 0 && confidence < 1) || resamples < 1 {
		panic("liegg: RatioInterval: confidence must lie in (0, 1) and resamples be at least 1")
	}
	whole := ratioOf(a, b)
	if whole.value == 0 || whole.spread == 0 {
		return Interval{math.Sqrt(whole.value), math.Sqrt(whole.value)}
	}
	pivots := make([]float64, 0, resamples)
	ra, rb := make([]float64, len(a)), make([]float64, len(a))
	for range resamples {
		for i := range ra {
			j := random.IntN(len(a))
			ra[i], rb[i] = a[j], b[j]
		}
		if r := ratioOf(ra, rb); r.value > 0 && r.spread > 0 {
			pivots = append(pivots, math.Log(r.value/whole.value)/r.spread)
		}
	}
	low, high := tails(pivots, (1-confidence)/2)
	return Interval{
		Lower: math.Sqrt(whole.value * math.Exp(-high*whole.spread)),
		Upper: math.Sqrt(whole.value * math.Exp(-low*whole.spread)),
	}
}

// ratio is Σa/Σb with the standard error of its logarithm.
type ratio struct{ value, spread float64 }

func ratioOf(a, b []float64) ratio {
	var sa, sb float64
	for i := range a {
		sa += a[i]
		sb += b[i]
	}
	if sa <= 0 || sb <= 0 {
		return ratio{}
	}
	r := sa / sb
	var squares float64
	for i := range a {
		e := a[i] - r*b[i]
		squares += e * e
	}
	n := float64(len(a))
	return ratio{r, math.Sqrt(squares*n/(n-1)) / sa}
}

// tails returns the values below and above which the given share of xs lies.
func tails(xs []float64, share float64) (low, high float64) {
	if len(xs) == 0 {
		return 0, 0
	}
	slices.Sort(xs)
	at := func(p float64) float64 {
		x := p * float64(len(xs)-1)
		i := int(x)
		if i+1 == len(xs) {
			return xs[i]
		}
		return xs[i] + (x-float64(i))*(xs[i+1]-xs[i])
	}
	return at(share), at(1 - share)
}
