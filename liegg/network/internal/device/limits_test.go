package device

import "testing"

// A network that runs on many inputs for each sample gets as many fewer samples.
func TestBatchOfRepeatedNetworks(t *testing.T) {
	for _, c := range []struct{ times, numbers, want int }{{0, 10, 1 << 13}, {1, 10, 1 << 13}, {16, 10, 1 << 12}, {256, 10, 256}, {16, 784, 64}, {1000, 784, 16}, {1, 10_000, 256}} {
		limits := cpu
		limits.Times = c.times
		if got := limits.ForInputs(c.numbers); got != c.want {
			t.Errorf("%d times %d numbers: batches of %d, want %d", c.times, c.numbers, got, c.want)
		}
	}
}
