package sampling

import (
	"math"
	"testing"
)

func TestIntervalOfExactZeroAndOfOneSample(t *testing.T) {
	p := Plan{Resamples: 1000}
	if got := p.Ratios([][]float64{{0, 0, 0}}, []float64{1, 2, 3})[0]; got != (Estimate{}) {
		t.Errorf("an exact zero has the interval %v", got)
	}
	if got := p.Ratios([][]float64{{1}}, []float64{2})[0]; got != (Estimate{.5, 0, math.Inf(1)}) {
		t.Errorf("one sample of ½ has the interval %v", got)
	}
}
