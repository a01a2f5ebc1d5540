package lie_test

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/lie"
	"github.com/liegg/lab/liegg/lie/classification"
	"github.com/liegg/lab/liegg/lie/group"
	"github.com/liegg/lab/liegg/lie/rep"
)

func ExampleOrbit() {
	turn := mat.NewDense(2, 2, []float64{0, -1, 1, 0})
	for _, x := range lie.Orbit(turn, []float64{1, 0}, []float64{0, math.Pi / 2, math.Pi}) {
		fmt.Printf("%.0f %.0f\n", math.Abs(x[0]), math.Abs(x[1]))
	}
	// Output:
	// 1 0
	// 0 1
	// 1 0
}

// A function that is invariant under rotations may be invariant under reflections, too.
func ExampleDiscreteCandidates() {
	metric := classification.InvariantForms(lie.SO(3), 0)[0]
	for _, c := range group.DiscreteCandidates(lie.SO(3), metric.Q) {
		fmt.Println(c.Name, c.Det)
	}
	// Output:
	// reflection -1
	// −1 -1
}

// Gradients transform by the dual representation, symmetric tensors by the symmetric
// square.
func ExampleDual() {
	boost := mat.NewDense(2, 2, []float64{0, 1, 1, 0})
	gradients, tensors := rep.Dual(rep.Standard(2)), rep.SymmetricSquare(rep.Standard(2))
	fmt.Println(gradients)
	fmt.Println(lie.FormatMatrix(gradients.Of(boost), 0))
	fmt.Println(tensors)
	fmt.Println(lie.FormatMatrix(tensors.Of(boost), 0))
	// Output:
	// (R²)*: 2×2 to 2×2 matrices
	//  ·  −1
	// −1   ·
	// S²(R²): 2×2 to 3×3 matrices
	//   ·  1.4    ·
	// 1.4    ·  1.4
	//   ·  1.4    ·
}

// Noise has moved a rotation algebra out of closure.
func ExampleNearestClosed() {
	noisy := lie.Span("noisy",
		mat.NewDense(3, 3, []float64{0, -1, 0, 1, 0, .01, 0, 0, 0}),
		mat.NewDense(3, 3, []float64{0, 0, -1, 0, .01, 0, 1, 0, 0}),
		mat.NewDense(3, 3, []float64{0, 0, 0, 0, 0, -1, .01, 1, 0}))
	closed, angle, err := classification.NearestClosed(noisy)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("residual %.3f; closed after a move by %.3f rad: %v\n",
		lie.ClosureResidual(noisy), angle, lie.ClosureResidual(closed) < 1e-12)
	// Output:
	// residual 0.013; closed after a move by 0.008 rad: true
}

// The symplectic algebra leaves an antisymmetric form invariant.
func ExampleSp() {
	a := lie.Sp(2)
	fmt.Println(a)
	fmt.Println(classification.InvariantForms(a, 0)[0])
	// Output:
	// sp(4,R): dimension 10, 4×4 matrices
	// invariant antisymmetric form (2,2,0)
}

// Frequencies 1 and 1/2 come back to the identity after two turns of the faster one.
func ExampleCompactGenerator_Turn() {
	h := mat.NewDense(4, 4, []float64{0, -2, 0, 0, 2, 0, 0, 0, 0, 0, 0, -1, 0, 0, 1, 0})
	c := group.CompactOf(h, 0)
	fmt.Println(c)
	fmt.Println(lie.FormatMatrix(lie.Exp(c.Turn(), 2*math.Pi), 0))
	// Output:
	// compact, frequencies 1, 1/2: exp(2π·2H) = 1
	// 1  ·  ·  ·
	// ·  1  ·  ·
	// ·  ·  1  ·
	// ·  ·  ·  1
}

func ExampleStructureConstants_Adjoint() {
	s := lie.Structure(lie.SO(3))
	fmt.Println(s)
	fmt.Println(lie.FormatMatrix(s.Adjoint(0), 0))
	// Output:
	// structure constants of dimension 3
	// [E₁,E₂] = 0.71 E₃
	// [E₁,E₃] = −0.71 E₂
	// [E₂,E₃] = 0.71 E₁
	// ·     ·      ·
	// ·     ·  −0.71
	// ·  0.71      ·
}
