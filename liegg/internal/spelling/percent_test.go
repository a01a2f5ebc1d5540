package spelling

import "testing"

func TestPercent(t *testing.T) {
	for share, want := range map[float64]string{0: "0 %", .00253: "0.25 %", .0997: "10 %", .0993: "9.9 %", .125: "12 %", .996: "100 %", 1: "100 %", 12.3: "1230 %"} {
		if got := Percent(share); got != want {
			t.Errorf("Percent(%g) = %q, want %q", share, got, want)
		}
	}
}
