package plotting_test

import (
	"math"

	"github.com/liegg/lab/plotting"
)

func ExampleDefects() {
	values := []plotting.Estimate{
		{Value: 0, Trivial: true},
		{Value: 0, Trivial: true},
		{Value: .0075, Lower: .006, Upper: .0091},
		{Value: .009, Lower: .0078, Upper: .0108},
		{Value: .012, Lower: .0094, Upper: .015},
	}
	for i := range 4 {
		v := 0.3 * math.Exp(0.12*float64(i))
		values = append(values, plotting.Estimate{Value: v, Lower: .93 * v, Upper: 1.08 * v})
	}
	values = append(values, plotting.Estimate{Value: .52})
	save(plotting.Defects(values, .05).Titled("3 generators, ρ ≤ .015 (95 %)"), "defects.png")
	// Output:
}
