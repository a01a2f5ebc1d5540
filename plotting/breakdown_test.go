package plotting_test

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/liegg/lab/plotting"
)

func ExampleBreakdown() {
	var names []string
	var values []plotting.Estimate
	for class := range 10 {
		ρ := .006 + .001*float64(class*7%10)
		names, values = append(names, fmt.Sprintf("class %d", class)), append(values, plotting.Estimate{Value: ρ, Lower: .8 * ρ, Upper: 1.3 * ρ})
	}
	values[2] = plotting.Estimate{Value: .11, Lower: .097, Upper: .127}
	save(plotting.Breakdown(names, values, .058, []int{2}).Titled("so(3), class by class"), "breakdown.png")
	// Output:
}

func ExampleBreakdown_many() {
	names, values := make([]string, 100), make([]plotting.Estimate, 100)
	for i := range names {
		ρ := .0004 * math.Exp(math.Sin(float64(7*i)))
		names[i], values[i] = fmt.Sprintf("output %d", i+1), plotting.Estimate{Value: ρ, Lower: ρ / 1.4, Upper: 1.5 * ρ}
	}
	values[36] = plotting.Estimate{Value: .05, Lower: .047, Upper: .053}
	values[50], values[60] = plotting.Estimate{}, plotting.Estimate{Value: math.NaN()}
	save(plotting.Breakdown(names, values, .058, []int{36}), "breakdown_many.png")
	// Output:
}

func TestBreakdownOfBadArguments(t *testing.T) {
	for words, f := range map[string]func(){
		"2 names for 1 values": func() { plotting.Breakdown([]string{"a", "b"}, make([]plotting.Estimate, 1), .1, nil) },
		"broken holds 1":       func() { plotting.Breakdown([]string{"a"}, make([]plotting.Estimate, 1), .1, []int{1}) },
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
	plotting.Breakdown(nil, nil, .1, nil) // empty axes
	plotting.Breakdown([]string{"a"}, []plotting.Estimate{{Value: math.NaN(), Lower: 2, Upper: 1}}, math.NaN(), nil)
}
