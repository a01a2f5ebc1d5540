package participation_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/liegg/lab/liegg/internal/participation"
)

func TestTypical(t *testing.T) {
	repeat := slices.Repeat[[]float64]
	for name, c := range map[string]struct {
		xs   []float64
		want float64
	}{
		"nothing":                 {nil, 0},
		"zeros and infinity":      {[]float64{0, 0, math.Inf(1), 3}, 3},
		"alike":                   {[]float64{1, 2, 3}, 2},
		"an outlier of a hundred": {append(repeat([]float64{1}, 99), 1e9), 99. / 96},
		"three tenths of them":    {append(repeat([]float64{1e-9}, 7), 1, 1, 1), .3},
		"a fifth of them":         {append(repeat([]float64{1}, 8), 1e9, 1e9), 4},
		"beyond float64":          {append(repeat([]float64{1e-300}, 99), 1e300), 99e-300 / 96},
		"all large":               {repeat([]float64{1e308}, 1), 1e308},
	} {
		if got := participation.Typical(c.xs); math.Abs(got-c.want) > 1e-6*c.want {
			t.Errorf("%s: %g, want %g", name, got, c.want)
		}
	}
}

// Typical solves its equation, and the participation ratio of n numbers is at least n/κ, for any tails.
func TestTypicalIsAFixedPoint(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 0))
	for draw := range 200 {
		xs := make([]float64, 1+random.IntN(300))
		for i := range xs {
			xs[i] = math.Exp(float64(draw%20) * random.NormFloat64())
		}
		m, mean := participation.Typical(xs), 0.
		cut := make([]float64, len(xs))
		for i, x := range xs {
			cut[i] = min(x, participation.BoundedBy*m)
			mean += cut[i] / float64(len(xs))
		}
		if math.Abs(mean-m) > 1e-9*m {
			t.Errorf("draw %d: the mean is %g, M is %g", draw, mean, m)
		}
		if r := participation.Ratio(cut); r < float64(len(xs))/participation.BoundedBy*(1-1e-9) {
			t.Errorf("draw %d: %d numbers count for %g", draw, len(xs), r)
		}
	}
}
