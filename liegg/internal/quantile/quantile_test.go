package quantile

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"gonum.org/v1/gonum/stat"
)

// The quantiles of numbers in any order are gonum's of sorted ones, also with ties and infinities.
func TestQuantiles(t *testing.T) {
	random := rand.New(rand.NewPCG(6, 0))
	for kind, quantile := range map[stat.CumulantKind]func(p float64, x []float64) float64{stat.LinInterp: LinInterp, stat.Empirical: Empirical} {
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
			want, got := stat.Quantile(p, kind, sorted, nil), quantile(p, x)
			if got != want && !(math.IsNaN(got) && math.IsNaN(want)) {
				t.Fatalf("quantile %g of kind %d of %v: %g, want %g", p, kind, sorted, got, want)
			}
		}
		if !math.IsNaN(quantile(.5, []float64{1, math.NaN(), 2})) {
			t.Error("NaN has a quantile")
		}
	}
}
