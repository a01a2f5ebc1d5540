package plotting

import (
	"math"
	"strings"
	"testing"
)

// What cannot be drawn is counted, and misuse is named.
func TestRatiosOfBadArguments(t *testing.T) {
	bad := []Estimate{{Value: 0}, {Value: math.NaN()}, {Value: 2, Lower: -1, Upper: 3}, {Value: 1, Lower: .5, Upper: math.Inf(1)}}
	got := warnings(Ratios([]string{"a", "b", "c", "d"}, bad, nil))
	for _, words := range []string{"2 values are NaN, infinite, or ≤ 0", "2 intervals are NaN"} {
		if !strings.Contains(got, words) {
			t.Errorf("the lines above the chart are %q, want %q", got, words)
		}
	}
	Ratios(nil, nil, nil) // empty axes
	for words, f := range map[string]func(){
		"2 names for 1 values": func() { Ratios([]string{"a", "b"}, make([]Estimate, 1), nil) },
		"controls holds 1":     func() { Ratios([]string{"a"}, make([]Estimate, 1), []int{1}) },
	} {
		func() {
			defer func() {
				if r, _ := recover().(string); !strings.Contains(r, words) {
					t.Errorf("panicked with %q, want %q", r, words)
				}
			}()
			f()
		}()
	}
}
