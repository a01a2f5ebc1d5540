package plotting_test

import "github.com/liegg/lab/plotting"

func ExampleRatios() {
	names := []string{"averaged", "augmented", "penalty", "averaged, shear", "penalty, shear"}
	values := plotting.Estimates([]float64{.83, .68, .93, 2.7, 2.86}, []float64{.77, .65, .86, 2.4, 2.5}, []float64{.9, .72, 1.01, 3.1, 3.3})
	save(plotting.Ratios(names, values, []int{3, 4}).Labelled("error / error of the plain network", ""), "ratios.png")
	// Output:
}
