package groundtruth

import (
	"fmt"
	"math"

	"github.com/gomlx/gomlx/core/graph"
	"gonum.org/v1/gonum/mat"
)

// Broken is ‖x‖² + ε·x₁³ on R³. Of so(3) only the rotations about the first
// axis, so(2), remain exact, 9 → 1; the other two hold to order ε. The right
// answer is 1 at ε = .1. For small ε an exact function gives 1 under a strict
// threshold, and a trained network "3, approximate". Broken panics unless ε
// is finite and non-zero; at 0 the algebra is so(3).
func Broken(epsilon float64) Case {
	if epsilon == 0 || math.IsNaN(epsilon) || math.IsInf(epsilon, 0) {
		panic(fmt.Sprintf("groundtruth: Broken: epsilon = %g", epsilon))
	}
	return Case{
		Name: fmt.Sprintf("broken(%g)", epsilon), Lie: "so(2)", Vectors: 1, Size: 3, Sigma: 1, K: 9, Dim: 1,
		Value: scalar(func(x []float64) float64 { return dot(ones(3), x, x) + epsilon*x[0]*x[0]*x[0] }),
		Graph: func(x *graph.Node) *graph.Node {
			x1 := columns(x, 0, 1)
			cube := graph.Mul(x1, graph.Mul(x1, x1))
			return graph.Add(dotNode(ones(3), x, x), graph.MulScalar(cube, epsilon))
		},
		Algebra: []*mat.Dense{mat.NewDense(3, 3, []float64{
			0, 0, 0,
			0, 0, -1,
			0, 1, 0,
		})},
	}
}

// None is .3x₁³ + .7x₂²x₃ + x₃ + .3x₁x₂ on R³, the control: only the zero
// matrix leaves it invariant, 9 → 0.
func None() Case {
	return Case{
		Name: "none", Lie: "{0}", Vectors: 1, Size: 3, Sigma: 1, K: 9, Dim: 0,
		Value: scalar(func(x []float64) float64 {
			return .3*x[0]*x[0]*x[0] + .7*x[1]*x[1]*x[2] + x[2] + .3*x[0]*x[1]
		}),
		Graph: func(x *graph.Node) *graph.Node {
			x1, x2, x3 := columns(x, 0, 1), columns(x, 1, 2), columns(x, 2, 3)
			cube := graph.MulScalar(graph.Mul(x1, graph.Mul(x1, x1)), .3)
			mixed := graph.MulScalar(graph.Mul(graph.Mul(x2, x2), x3), .7)
			return graph.Add(graph.Add(cube, mixed), graph.Add(x3, graph.MulScalar(graph.Mul(x1, x2), .3)))
		},
	}
}
