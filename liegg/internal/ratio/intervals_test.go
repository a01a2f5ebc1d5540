package ratio

import (
	"math/rand/v2"
	"testing"
)

// Ratios that share their resamples have the intervals that each has by itself.
func TestSharedResamples(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 0))
	a, b := make([][]float64, 4), make([][]float64, 4)
	for j := range a {
		for range 80 {
			x := random.NormFloat64()
			a[j], b[j] = append(a[j], float64(j)*x*x), append(b[j], 1+random.Float64()) // the first ratio is 0
		}
	}
	again := func() *rand.Rand { return rand.New(rand.NewPCG(4, 0)) }
	for j, got := range Intervals(a, b, .95, 200, again()) {
		if want := Intervals(a[j:j+1], b[j:j+1], .95, 200, again())[0]; got != want {
			t.Errorf("ratio %d: %v, by itself %v", j, got, want)
		}
	}
}
