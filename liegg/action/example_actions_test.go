package action_test

import (
	"fmt"

	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/lie"
)

// Actions print what they move, and the number K of their candidates.
func Example_actions() {
	for _, a := range []action.Action{
		action.Linear(3, 4),
		action.ComplexLinear(2, 1),
		action.Separate(action.Linear(3, 1), []int{3}, 4),
		action.ImageAffine(28, 28),
		action.ImageProjective(28, 28),
		action.VolumeLinear(16, 16, 16),
		action.VolumeAffine(16, 16, 16),
		action.Signal(100),
	} {
		fmt.Println(a)
	}
	// Output:
	// linear maps of R³ on 4 vectors, K = 9
	// gl(2,C) of (linear maps of R⁴ on 1 vector, K = 16), K = 8
	// side by side: 4 times linear maps of R³ on 1 vector, K = 9; K = 36 in all
	// affine maps of the plane on images of 28×28 pixels, K = 6
	// sl(3) on samples of 28×28 points with 1 channel, K = 8
	// gl(3) on samples of 16×16×16 points with 1 channel, K = 9
	// aff(3) on samples of 16×16×16 points with 1 channel, K = 12
	// on the same inputs: aff(1) on samples of 100 points with 1 channel, K = 2; linear maps of R¹ on 100 vectors, K = 1; K = 3 in all
}

// The outputs are three unknown numbers, or the 3×3 components of a tensor that one
// matrix transforms on both sides.
func ExampleCovariant() {
	points := action.Linear(3, 4)
	fmt.Println(action.Covariant(points, action.Unknown(3)))
	fmt.Println(action.Covariant(points, action.Both(3)))
	// Output:
	// linear maps of R³ on 4 vectors, K = 9; outputs move by gl(3) on 3 outputs; K = 18 in all
	// linear maps of R³ on 4 vectors, K = 9; outputs move by gl(3) on 9 outputs; K = 18 in all
}

// A field, its generator, and the field again.
func ExamplePolynomials_Lift() {
	p := action.Polynomial(2, 1, 2)
	h := make([]float64, p.Dim())
	h[3], h[4] = 1, -1
	field := p.Field(p.Generator(h))
	fmt.Println(field)
	fmt.Println(p.Field(p.Lift(field)))
	// Output:
	// x₁x₂∂₁ − x₂²∂₁
	// x₁x₂∂₁ − x₂²∂₁
}

// Rotations and changes of size act on two channels of 20×30 points. Beyond the edges the
// first channel is 0, the second 1.
func ExampleNewRaster() {
	fmt.Println(action.NewRaster(lie.GL(2), 2, 20, 30).WithBackground(0, 1))
	// Output: gl(2) on samples of 20×30 points with 2 channels last, K = 4, on a background of [0 1]
}
