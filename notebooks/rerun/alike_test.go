package rerun

import "testing"

func TestAlike(t *testing.T) {
	for _, c := range []struct {
		got, want string
		alike     bool
	}{
		{"10 small, bias 0.0052", "10 small, bias 0.0060", true},
		{"9 small, bias 0.0052", "10 small, bias 0.0052", false},
		{"bias 0.0052", "variance 0.0052", false},
		{"bias 0.9", "bias 0.005", false},
		{"1.2e-15", "3.1e-16", true},
		{" 1° ", "0.98°", true},
	} {
		if err := alikeText(c.got, c.want); (err == nil) != c.alike {
			t.Errorf("%q for %q: %v", c.got, c.want, err)
		}
	}
}
