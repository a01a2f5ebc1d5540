package ratio

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"gonum.org/v1/gonum/stat"
)

// The quantile of numbers in any order is gonum's of sorted ones, also with ties and infinities.
func TestQuantile(t *testing.T) {
	random := rand.New(rand.NewPCG(6, 0))
	for range 2000 {
		x := make([]float64, 1+random.IntN(60))
		for i := range x {
			x[i] = math.Round(4*random.NormFloat64()) / float64(random.IntN(3))
			if math.IsNaN(x[i]) {
				x[i] = 0
			}
		}
		p := float64(random.IntN(101)) / 100
		sorted := slices.Sorted(slices.Values(x))
		want, got := stat.Quantile(p, stat.LinInterp, sorted, nil), quantile(p, x)
		if got != want && !(math.IsNaN(got) && math.IsNaN(want)) {
			t.Fatalf("quantile %g of %v: %g, want %g", p, sorted, got, want)
		}
	}
	if !math.IsNaN(quantile(.5, []float64{1, math.NaN(), 2})) {
		t.Error("NaN has a quantile")
	}
}
