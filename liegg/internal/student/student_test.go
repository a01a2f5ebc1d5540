package student_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/liegg/lab/liegg/internal/student"
)

// The intervals of 4000 draws of five normal values hold the mean in 95 % of cases.
func TestCoverage(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 0))
	const draws = 4000
	inside := 0
	for range draws {
		v := make([]float64, 5)
		for i := range v {
			v[i] = 3 + 2*rng.NormFloat64()
		}
		if _, lower, upper := student.Interval(v); lower <= 3 && 3 <= upper {
			inside++
		}
	}
	if share := float64(inside) / draws; math.Abs(share-.95) > .012 {
		t.Errorf("%.3f of the intervals hold the mean", share)
	}
}

// For 1, 2, 3 the half width is t₀.₉₇₅(2)/√3 = 4.3027/√3.
func TestInterval(t *testing.T) {
	mean, lower, upper := student.Interval([]float64{1, 2, 3})
	if half := 4.302652730 / math.Sqrt(3); mean != 2 || math.Abs(upper-2-half) > 1e-8 || math.Abs(2-lower-half) > 1e-8 {
		t.Errorf("%v in (%v, %v)", mean, lower, upper)
	}
	if mean, lower, upper = student.Interval([]float64{7}); mean != 7 || !math.IsInf(lower, -1) || !math.IsInf(upper, 1) {
		t.Errorf("one value: %v in (%v, %v)", mean, lower, upper)
	}
	for _, v := range [][]float64{nil, {1, math.NaN()}, {1, math.Inf(-1)}} {
		if mean, lower, upper = student.Interval(v); !math.IsNaN(mean) || !math.IsNaN(lower) || !math.IsNaN(upper) {
			t.Errorf("%v: %v in (%v, %v)", v, mean, lower, upper)
		}
	}
}
