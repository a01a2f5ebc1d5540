package plotting_test

import (
	"fmt"
	"log"
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

// Values that have no place on the axis are shown as missing, not left out.
func ExampleSpectrum_missing() {
	c := plotting.Spectrum(
		plotting.Series{Name: "float64", Y: []float64{0, 3e-18, 2e-17, 0.5, 0.7, 0.8}},
		plotting.Series{Name: "a network whose training diverged", Y: []float64{.01, .02, math.NaN(), .6, -1, 1}},
	)
	save(c, "missing.png")
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
	save(c.Labelled("step", "mean squared error"), "curves.png")
	// Output:
}

// Learning rates follow from the step alone.
func ExampleCurves() {
	var steps, cosine, constant []float64
	for step := 0.; step <= 1000; step += 20 {
		steps = append(steps, step)
		cosine = append(cosine, .5*(1+math.Cos(math.Pi*step/1000)))
		constant = append(constant, 1)
	}
	c := plotting.Curves(
		plotting.Series{Name: "cosine", X: steps, Y: cosine},
		plotting.Series{Name: "constant", X: steps, Y: constant},
	)
	fmt.Println(c.Labelled("step", "learning rate / initial").Titled("schedules"))
	// Output:
	// chart "schedules", 5.5 × 3.5 inches: plotting.Show draws it
}

// wave is the output of a network on a batch that is a grid of points.
type wave struct{}

func (wave) Dims() (c, r int)     { return 21, 21 }
func (wave) X(c int) float64      { return float64(c)/10 - 1 }
func (wave) Y(r int) float64      { return float64(r)/10 - 1 }
func (w wave) Z(c, r int) float64 { return math.Sin(5 * math.Hypot(w.X(c), w.Y(r))) }

func ExampleSurface() {
	turn := mat.NewDense(2, 2, []float64{0, -1, 1, 0})
	fmt.Println(plotting.Surface(wave{}, plotting.Plane{}, turn).Titled("orbits follow the colours"))
	// Output:
	// chart "orbits follow the colours", 3.2 × 3 inches: plotting.Show draws it
}

func ExampleField() {
	// A learned rotation: not quite skew, not quite about the centre.
	h := mat.NewDense(3, 3, []float64{
		.03, -.70, .9,
		.71, -.02, -.6,
		0, 0, 0,
	})
	c := plotting.Field(h, plotting.PixelPlane(28)).Titled("learned generator")
	save(c.Labelled("x / px", "y / px"), "field.png")
	// Output:
}

func ExampleFunction() {
	f := func(x, y float64) float64 { return math.Exp(-x*x - 4*y*y) }
	// Invariant: ∇f · Hx = 0.
	h := mat.NewDense(2, 2, []float64{0, -2, 0.5, 0})
	c := plotting.Function(f, plotting.Plane{Radius: 1.5}, h)
	save(c.Titled("f(x, y) = exp(-x² - 4y²)"), "function.png")
	// Output:
}

func ExampleStrip() {
	const size = 28
	var images []mat.Matrix
	var labels []string
	for k := range 9 {
		t := -1 + 0.25*float64(k)
		sin, cos := math.Sincos(t)
		pixels := make([]float32, size*size)
		for i := range pixels { // a leaning L, turned by t
			x, y := float64(i%size)-13.5, float64(i/size)-13.5
			u, v := cos*x+sin*y, -sin*x+cos*y
			upright := math.Exp(-(u+4)*(u+4)/3) * sigmoid(8-math.Abs(v))
			foot := math.Exp(-(v-7)*(v-7)/3) * sigmoid(5-math.Abs(u))
			pixels[i] = float32(min(1, upright+foot))
		}
		images = append(images, plotting.Pixels(size, size, pixels))
		labels = append(labels, fmt.Sprintf("t = %.2f", t))
	}
	save(plotting.Strip(images, labels).Titled("exp(tH) x"), "strip.png")
	// Output:
}

// The strokes of a drawing in three colours turn together.
func ExampleStrip_colours() {
	const size = 28
	var images []mat.Matrix
	var labels []string
	for k := range 9 {
		t := -1 + 0.25*float64(k)
		sin, cos := math.Sincos(t)
		pixels := make([]float32, 3*size*size) // as PyTorch has them
		for i := range size * size {
			x, y := float64(i%size)-13.5, float64(i/size)-13.5
			u, v := cos*x+sin*y, -sin*x+cos*y
			upright := math.Exp(-(u+4)*(u+4)/3) * sigmoid(8-math.Abs(v))
			foot := math.Exp(-(v-7)*(v-7)/3) * sigmoid(5-math.Abs(u))
			dot := math.Exp(-((u-4)*(u-4) + (v+3)*(v+3)) / 6)
			pixels[i], pixels[size*size+i], pixels[2*size*size+i] = float32(upright), float32(dot), float32(foot)
		}
		images = append(images, plotting.ChannelsFirst(size, size, pixels)) // ChannelsLast for image files
		labels = append(labels, fmt.Sprintf("t = %.2f", t))
	}
	save(plotting.Strip(images, labels).Titled("exp(tH) x"), "colours.png")
	// Output:
}

// In a cell: a picture that stays sharp at any size.
func ExampleAsSVG() {
	rotation := mat.NewDense(2, 2, []float64{0, -1, 1, 0})
	if err := plotting.Show(plotting.AsSVG(plotting.Heatmap(rotation, plotting.Cells{}))); err != nil {
		log.Fatal(err)
	}
}

func sigmoid(x float64) float64 { return 1 / (1 + math.Exp(-2*x)) }

func ExampleGrid() {
	var figures []plotting.Figure
	for k := range 6 { // so(4)
		a := mat.NewDense(4, 4, nil)
		i := []int{0, 0, 0, 1, 1, 2}[k]
		j := []int{1, 2, 3, 2, 3, 3}[k]
		a.Set(i, j, -1/math.Sqrt2)
		a.Set(j, i, 1/math.Sqrt2)
		c := plotting.Heatmap(a, plotting.Cells{Limit: 1})
		figures = append(figures, c.Titled(fmt.Sprintf("generator %d", k+1)))
	}
	save(plotting.Grid(3, figures...).Titled("a basis of so(4)"), "grid.png")
	// Output:
}
