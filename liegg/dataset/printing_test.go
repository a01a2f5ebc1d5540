package dataset

import (
	"math/rand/v2"
	"testing"

	"github.com/liegg/lab/liegg/internal/expect"
)

func TestWhatUsersHoldPrints(t *testing.T) {
	samples := O5(rand.New(rand.NewPCG(1, 0)), 2000)
	z := expect.OK(FitStandardisation(samples, 5))(t)
	digits := Digits{Height: 5, Width: 4, Pixels: make([]float32, 60*20), Labels: make([]uint8, 60)}
	expect.Printed(t, []any{
		samples, Samples{Name: "none"}, samples.Batches(100, 3), digits, NewFreshRotations(digits, 8, 1), NewFreshRotationsWithin(digits, .5, 8, 1),
		IDX{[]int{60, 5, 4}, make([]byte, 1200)}, Plane{28, 28}, z, Budget(1 << 20), HeaderPresent, CSV{Header: HeaderPresent},
	})
	for got, want := range map[string]string{
		samples.String():                 `"` + samples.Name + `": 2000 samples, X [10] Float32, Y [1] Float32`,
		samples.Batches(100, 3).String(): samples.String() + "; in batches of 100 by seed 3",
		digits.String():                  "60 digits of 5×4 pixels",
	} {
		if got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
