package participation_test

import (
	"math"
	"testing"

	"gonum.org/v1/gonum/stat/distuv"

	"github.com/liegg/lab/liegg/internal/participation"
)

func TestMedianAndSpread(t *testing.T) {
	var normal []float64
	for i := range 1000 {
		normal = append(normal, 3+2*distuv.UnitNormal.Quantile((float64(i)+.5)/1000))
	}
	for _, c := range []struct {
		values         []float64
		median, spread float64
	}{
		{normal, 3, 2}, {[]float64{1, 1, 1, 1, 5, 1, 1, 1}, 1, 4}, {[]float64{7, 7, 7}, 7, 0},
	} {
		m, s := participation.MedianAndSpread(c.values)
		if math.Abs(m-c.median) > .01 || math.Abs(s-c.spread) > .01 {
			t.Errorf("%d values: the median is %g and the spread %g, want %g and %g", len(c.values), m, s, c.median, c.spread)
		}
	}
}
