package plotting_test

import (
	"fmt"
	"math"
	"os"
	"path/filepath"

	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/plotting"
)

// A digit that turns, with the outputs of a classifier beside it: one frame for each angle.
func ExampleSlider() {
	var images []mat.Matrix
	var outputs [][]float64
	var labels []string
	for k := range 9 {
		t := float64(k) * math.Pi / 8
		image := mat.NewDense(28, 28, nil)
		image.Apply(func(i, j int, _ float64) float64 {
			y, x := float64(i)-13.5, float64(j)-13.5
			u, v := math.Cos(t)*x+math.Sin(t)*y, -math.Sin(t)*x+math.Cos(t)*y
			ring, stem := math.Hypot(u, v-4)-5, math.Hypot(u+5, max(0, math.Abs(v+2)-6))
			return math.Exp(-min(ring*ring, stem*stem) / 2)
		}, image)
		nine := 1 / (1 + math.Exp(4*math.Cos(t)))
		images, outputs, labels = append(images, image), append(outputs, []float64{1 - nine, nine}), append(labels, fmt.Sprintf("t = %dπ/8", k))
	}
	frames := plotting.Slider(plotting.WithOutputs(images, outputs, []string{"6", "9"}), labels)
	fmt.Println(frames)
	save(frames.Starting(3), "outputs.png") // in a notebook: plotting.Show(frames)
	// Output: 9 frames, t = 0π/8 … t = 8π/8: plotting.Show draws them
}

// A rotation does not move the circles, but it turns the ellipses.
func ExampleLevelSets() {
	rotation := mat.NewDense(2, 2, []float64{0, -1, 1, 0})
	circles := plotting.LevelSets(func(x, y float64) float64 { return math.Hypot(x, y) }, plotting.Plane{}, rotation, math.Pi, 6)
	ellipses := plotting.LevelSets(func(x, y float64) float64 { return math.Hypot(x, 2*y) }, plotting.Plane{}, rotation, math.Pi, 6)
	fmt.Println(ellipses)
	save(circles.Titled("circles").Beside(ellipses.Titled("ellipses")).Starting(1), "levelsets.png")
	// Output: 7 frames, t = 0.00 … t = 3.14: plotting.Show draws them
}

// A bar for each class.
func ExampleBars() {
	names := []string{"0", "1", "2", "3", "4", "5", "6", "7", "8", "9"}
	c := plotting.Bars(names, []float64{.01, 0, .02, .05, 0, .1, .02, .7, .05, .05}).Titled("is it a 7?").Labelled("digit", "probability")
	save(c, "bars.png")
	// Output:
}

// A bar that turns, as a file for slides.
func ExampleAnimate() {
	var images []mat.Matrix
	var labels []string
	for k := range 12 {
		sin, cos := math.Sincos(float64(k) * math.Pi / 12)
		bar := mat.NewDense(28, 28, nil)
		bar.Apply(func(i, j int, _ float64) float64 {
			across := cos*(float64(j)-13.5) + sin*(float64(i)-13.5)
			return math.Exp(-across * across / 4)
		}, bar)
		images, labels = append(images, bar), append(labels, fmt.Sprintf("t = %dπ/12", k))
	}
	dir, _ := os.MkdirTemp("", "animate")
	defer os.RemoveAll(dir)
	fmt.Println(plotting.Animate(filepath.Join(dir, "bar.gif"), images, labels))
	// Output: <nil>
}
