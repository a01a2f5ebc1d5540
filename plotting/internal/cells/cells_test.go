package cells

import "testing"

func TestLabel(t *testing.T) {
	for v, want := range map[float64]string{
		0: "0", 0.349: ".35", -0.02: "-.02", 1.25: "1.2", -9.94: "-9.9", 9.96: "10", 123: "123",
		0.999: "1.0", 0.0021: "2.1e-3", -2.5e-7: "-2.5e-7", 1e-12: "1e-12", 2e5: "2e5",
	} {
		if got := label(v); got != want {
			t.Errorf("label(%v) = %q, want %q", v, got, want)
		}
	}
}
