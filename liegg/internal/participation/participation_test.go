package participation_test

import (
	"math"
	"testing"

	"github.com/liegg/lab/liegg/internal/participation"
)

func TestRatio(t *testing.T) {
	for _, c := range []struct {
		xs   []float64
		want float64
	}{
		{nil, 0},
		{[]float64{0, 0}, 0},
		{[]float64{3, 3, 3, 0}, 3},
		{[]float64{1e200, 2e200, 0}, 9. / 5}, // whose squares leave float64
		{[]float64{1e-200, 2e-200}, 9. / 5},
		{[]float64{1, math.Inf(1)}, 0},
	} {
		if got := participation.Ratio(c.xs); math.Abs(got-c.want) > 1e-12 {
			t.Errorf("%v: %g, want %g", c.xs, got, c.want)
		}
	}
}
