package moved

import (
	"math"
	"testing"

	"github.com/liegg/lab/liegg/internal/participation"
)

// The participation ratio shows whether a few samples dominate; then outputs are bounded.
func TestBoundedOutputs(t *testing.T) {
	outputs := make([]float64, 2000) // one output that is normal-like and one of heavy tails
	for i := range 1000 {
		u := (float64(i) + .5) / 1000
		outputs[2*i] = u
		outputs[2*i+1] = 1 / (u - .5)
	}
	before := participation.Ratio(Variances(outputs, 1000))
	b := newBounded(outputs, 1000)
	b.Apply(outputs)
	after := participation.Ratio(Variances(outputs, 1000))
	if before > 10 || after < 300 {
		t.Errorf("%.3g of 1000 samples carry the variance, and %.3g when it is bounded", before, after)
	}
	for i, y := range outputs {
		if !(math.Abs(y) <= 1) || i >= 2 && i%2 == 0 && y <= outputs[i-2] {
			t.Fatalf("output %d is %g: bounded outputs increase with those before and lie within ±1", i, y)
		}
	}
}
