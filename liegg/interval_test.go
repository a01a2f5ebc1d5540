package liegg_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/liegg/lab/liegg"
)

// The defect of a fixed generator of a fixed function, over 1000 resamples of
// fresh data: 95 % intervals hold the truth in 92 to 98 % of them. The function
// is .3x₁³ + .7x₂²x₃ + x₃ + .3x₁x₂, the generator a rotation about the first
// axis.
func TestIntervalCoverage(t *testing.T) {
	const repeats, blocks, perBlock = 1000, 128, 20
	random := rand.New(rand.NewPCG(7, 0))
	sums := func(samples int) (a, b float64) {
		for range samples {
			x, y, z := random.NormFloat64(), random.NormFloat64(), random.NormFloat64()
			gx, gy, gz := .9*x*x+.3*y, 1.4*y*z+.3*x, .7*y*y+1
			along := gz*y - gy*z
			a += along * along
			b += (gx*gx + gy*gy + gz*gz) * (y*y + z*z)
		}
		return a, b
	}
	wholeA, wholeB := sums(4_000_000)
	truth := math.Sqrt(wholeA / wholeB)
	inside := 0
	for range repeats {
		var a, b [blocks]float64
		for i := range a {
			a[i], b[i] = sums(perBlock)
		}
		if c := liegg.RatioInterval(a[:], b[:], .95, 300, random); c.Lower <= truth && truth <= c.Upper {
			inside++
		}
	}
	if share := float64(inside) / repeats; share < .92 || share > .98 {
		t.Errorf("%.1f %% of the intervals hold ρ = %.4f, want 92 to 98", 100*share, truth)
	} else {
		t.Logf("coverage %.1f %%", 100*share)
	}
}

func TestIntervalOfZero(t *testing.T) {
	zeros, ones := make([]float64, 60), make([]float64, 60)
	for i := range ones {
		ones[i] = 1
	}
	random := rand.New(rand.NewPCG(1, 0))
	if c := liegg.RatioInterval(zeros, ones, .95, 100, random); c != (liegg.Interval{}) {
		t.Errorf("a defect of zero has the interval %v", c)
	}
	if c := liegg.RatioInterval(ones, ones, .95, 100, random); c != (liegg.Interval{Lower: 1, Upper: 1}) {
		t.Errorf("equal blocks have the interval %v", c)
	}
}

// If the blocks contain little information, the interval is wide.
func TestIntervalOfFewBlocks(t *testing.T) {
	single, ones := make([]float64, 60), make([]float64, 60)
	single[7] = 1
	for i := range ones {
		ones[i] = 1
	}
	random := rand.New(rand.NewPCG(1, 0))
	if c := liegg.RatioInterval(single, ones, .95, 500, random); c.Lower > 1/math.Sqrt(60) || c.Upper < 1 {
		t.Errorf("one block of 60 changes: interval %v", c)
	}
	if c := liegg.RatioInterval(single, make([]float64, 60), .95, 500, random); c.Lower != 0 || !math.IsInf(c.Upper, 1) {
		t.Errorf("nothing moves: interval %v", c)
	}
}

// If one block has nearly all of the defect, the bootstrap has no upper end; the ratio of that block
// serves as one. A few blocks give no bound.
func TestIntervalOfHeavyTails(t *testing.T) {
	interval := func(blocks int) liegg.Interval {
		a, b := make([]float64, blocks), make([]float64, blocks)
		for i := range a {
			a[i], b[i] = 1e-30*float64(1+i%3), 1
		}
		a[7] = 1e-26
		return liegg.RatioInterval(a, b, .95, 300, rand.New(rand.NewPCG(1, 0)))
	}
	if c := interval(128); math.Abs(c.Upper-1e-13) > 1e-20 || c.Lower > math.Sqrt(1e-26/128) {
		t.Errorf("a worst block of ρ = 1e-13 gives the interval %v", c)
	}
	if c := interval(20); !math.IsInf(c.Upper, 1) {
		t.Errorf("20 blocks give the interval %v", c)
	}
}

// Two blocks differ from their ratio by the same, so that κ is 1, or less by rounding.
func TestRatioIntervalOfTwoBlocks(t *testing.T) {
	for i := range 100 {
		random := rand.New(rand.NewPCG(5, uint64(i)))
		a, b := []float64{random.Float64(), random.Float64()}, []float64{1 + random.Float64(), 1 + random.Float64()}
		value := math.Sqrt((a[0] + a[1]) / (b[0] + b[1]))
		if got := liegg.RatioInterval(a, b, .95, 100, random); !(got.Lower <= value && value <= got.Upper) {
			t.Fatalf("%v does not hold %g", got, value)
		}
	}
}
