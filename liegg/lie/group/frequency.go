package group

import (
	"fmt"
	"math"
	"slices"

	"github.com/liegg/lab/liegg/internal/spelling"
)

// Frequency is one frequency of a compact generator whose largest frequency
// is 1.
type Frequency struct {
	Value float64 // in (0, 1]; exactly P/Q if Q > 0
	P, Q  int     // in lowest terms; 0, 0 if no ratio of small numbers is near
}

// String returns "1", "1/2", or two digits if there is no such ratio.
func (f Frequency) String() string {
	switch f.Q {
	case 0:
		return spelling.TwoDigits(f.Value)
	case 1:
		return fmt.Sprint(f.P)
	}
	return fmt.Sprintf("%d/%d", f.P, f.Q)
}

// distinctFrequencies divides ω by the largest, snaps to ratios within the
// tolerance and merges equal ones. still reports whether some are zero.
func distinctFrequencies(ω []float64, largest, tolerance float64) (out []Frequency, still bool) {
	slices.Sort(ω)
	denominators := largestDenominator(tolerance)
	for _, v := range slices.Backward(ω) {
		f := nearestRatio(v/largest, tolerance, denominators)
		switch {
		case f.Value <= tolerance:
			still = true
		case len(out) == 0:
			out = append(out, f)
		default:
			if last := out[len(out)-1]; f != last && (f.Q > 0 || last.Value-f.Value > tolerance) {
				out = append(out, f)
			}
		}
	}
	return out, still
}

// nearestRatio returns the ratio with the smallest denominator near v.
func nearestRatio(v, tolerance float64, denominators int) Frequency {
	for q := 1; q <= denominators; q++ {
		p := math.Round(v * float64(q))
		if math.Abs(v-p/float64(q)) <= tolerance {
			return Frequency{Value: p / float64(q), P: int(p), Q: q}
		}
	}
	return Frequency{Value: v}
}

// largestDenominator returns the largest q, from 1 to 12, for which the
// ratios with denominators up to q, each with its tolerance on both sides,
// cover at most a fifth of [0, 1].
func largestDenominator(tolerance float64) int {
	const most, share = 12, .2
	count := 0 // ratios in (0, 1]: the sum of Euler's φ
	for q := 1; q <= most; q++ {
		for p := 1; p <= q; p++ {
			if gcd(p, q) == 1 {
				count++
			}
		}
		if 2*tolerance*float64(count) > share {
			return max(1, q-1)
		}
	}
	return most
}

// commonPeriod returns the least common multiple of the denominators, or 0 if
// a frequency has none.
func commonPeriod(frequencies []Frequency) int {
	common := 1
	for _, f := range frequencies {
		if f.Q == 0 {
			return 0
		}
		common *= f.Q / gcd(common, f.Q)
	}
	return common
}

func gcd(a, b int) int {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}
