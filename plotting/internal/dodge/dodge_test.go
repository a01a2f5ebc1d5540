package dodge

import (
	"math"
	"testing"
)

// Series stand beside each other, all of them nearer to their index than to any
// other.
func TestOffset(t *testing.T) {
	for n := 1; n <= 35; n++ {
		sum, last := 0.0, math.Inf(-1)
		for i := range n {
			d := Offset(i, n)
			if math.Abs(d) > 0.35 || d <= last {
				t.Errorf("series %d of %d stands at %v, the one before at %v", i, n, d, last)
			}
			sum, last = sum+d, d
		}
		if math.Abs(sum) > 1e-12 {
			t.Errorf("%d series do not lie about their index", n)
		}
	}
}
