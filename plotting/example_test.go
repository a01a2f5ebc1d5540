package plotting_test

import (
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/liegg/lab/plotting"
	"gonum.org/v1/gonum/mat"
)

// save is what an example does with its picture outside a notebook.
func save(f plotting.Figure, name string) {
	if err := plotting.Save(f, "testdata/"+name); err != nil {
		fmt.Println(err)
	}
}

func ExampleSpectrum() {
	rng := rand.New(rand.NewPCG(2022, 0))
	paper, better := make([]float64, 25), make([]float64, 25)
	for i := range paper {
		if i < 10 {
			paper[i] = 0.002 * math.Exp(0.2*float64(i)+0.3*rng.NormFloat64())
			better[i] = 2e-5 * math.Exp(0.3*float64(i)+0.3*rng.NormFloat64())
			continue
		}
		paper[i] = 0.3 * math.Exp(0.1*float64(i-10))
		better[i] = 0.4 * math.Exp(0.1*float64(i-10))
	}
	exact := make([]float64, 25)
	copy(exact[10:], better[10:])

	c := plotting.Spectrum(
		plotting.Series{Name: "paper's recipe", Y: paper},
		plotting.Series{Name: "better recipe", Y: better},
		plotting.Series{Name: "exact function", Y: exact},
	).Threshold(0.1, "threshold").Titled("O(5): ten small values")
	c.Y.Label.Text = "symmetry variance s²/N"
	save(c, "spectrum.png")
	// Output:
}

func ExampleBias() {
	c := plotting.Bias([]float64{.0021, .0034, .0012, .0051, .0043, .0061, .0027, .0049, .0074, .0093})
	save(c.Titled("O(5): bias of the ten generators"), "bias.png")
	// Output:
}

func ExampleHeatmap() {
	a := mat.NewDense(5, 5, []float64{
		.01, .62, -.11, .04, 0,
		-.61, -.02, .2, -.05, .03,
		.12, -.19, 0, .002, -.3,
		-.04, .06, -.001, .01, .08,
		0, -.03, .31, -.08, -.02,
	})
	c := plotting.Heatmap(a, plotting.Cells{Numbers: true})
	save(c.Titled("generator A₁"), "heatmap.png")
	// Output:
}

func ExampleLogCurves() {
	rng := rand.New(rand.NewPCG(2022, 0))
	var steps, train, valid []float64
	for step := 0; step <= 8000; step += 40 {
		fall := math.Exp(-float64(step) / 900)
		steps = append(steps, float64(step))
		train = append(train, (fall+2e-4)*math.Exp(0.2*rng.NormFloat64()))
		valid = append(valid, (1.2*fall+6e-4)*math.Exp(0.1*rng.NormFloat64()))
	}
	c := plotting.LogCurves(
		plotting.Series{Name: "training", X: steps, Y: train},
		plotting.Series{Name: "validation", X: steps, Y: valid},
	)
	c.Y.Label.Text = "mean squared error"
	save(c, "curves.png")
	// Output:
}
