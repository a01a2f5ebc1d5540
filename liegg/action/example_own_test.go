package action_test

import (
	"fmt"
	"math"

	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/action"
)

type twist struct{} // turns (x, y, z) about the z axis by an angle proportional to z

func (twist) Dim() int                         { return 1 }
func (twist) Generator(h []float64) *mat.Dense { return mat.NewDense(1, 1, h) }
func (twist) Check(input []int) error          { return action.Linear(3, 1).Check(input) }
func (twist) Tangents(p *Node) *Node { // [batch, 3] to [batch, 1, 3]
	at := func(i int) *Node { return Slice(p, AxisRange(), AxisElem(i)) }
	x, y, z := at(0), at(1), at(2)
	return Stack([]*Node{Concatenate([]*Node{Neg(Mul(z, y)), Mul(z, x), ZerosLike(z)}, -1)}, 1)
}

func (twist) Velocity(h []float64) func(v, p []float64) {
	return func(v, p []float64) { v[0], v[1], v[2] = -h[0]*p[2]*p[1], h[0]*p[2]*p[0], 0 }
}

// A user-defined action has four short methods. Agrees compares it with the group of which it should be
// the derivative. If it has a method Velocity, its orbits serve as the group.
func ExampleAgrees() {
	points := tensors.FromValue([][]float64{{1, 2, 3}, {-1, .5, 2}, {0, 1, -1}})
	group := func(h []float64, t float64, p []float64) []float64 {
		sin, cos := math.Sincos(t * h[0] * p[2])
		return []float64{cos*p[0] - sin*p[1], sin*p[0] + cos*p[1], p[2]}
	}
	fmt.Println(action.Agrees(backend(), twist{}, points, group))
	fmt.Println(action.Agrees(backend(), twist{}, points, nil))
	// Output:
	// <nil>
	// <nil>
}
