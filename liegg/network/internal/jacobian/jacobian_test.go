package jacobian

import "testing"

func TestChooseTakesTheFewestPasses(t *testing.T) {
	for _, c := range []struct {
		m, k, n, scales int
		want            Mode
	}{
		{10, 6, 784, 1, TangentMode}, {10, 6, 784, 2, ReverseMode}, {11, 6, 784, 2, TangentMode}, {7, 6, 784, 1, ReverseMode},
		{1000, 6, 784, 1, TangentMode}, {1, 25, 10, 1, ReverseMode}, {100, 25, 10, 1, CoordinateMode},
	} {
		if got := Choose(c.m, c.k, c.n, c.scales); got != c.want {
			t.Errorf("m = %d, K = %d, n = %d, %d scales: mode %d, want %d", c.m, c.k, c.n, c.scales, got, c.want)
		}
	}
}
