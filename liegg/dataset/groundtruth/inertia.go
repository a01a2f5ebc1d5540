package groundtruth

import (
	"fmt"
	"math/rand/v2"

	"github.com/gomlx/gomlx/core/graph"
	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/dataset"
)

// Inertia is [InertiaGraph] of three points that are moved by one matrix,
// with unknown matrices on the left and right of the tensor, f(A·x) = B₁·f(x)
// + f(x)·B₂ᵀ. Its symmetries are so(3), with all three matrices turning in
// the same way, and scaling, 27 → 4, besides the gauge (0, 1, −1), which
// multiplies the tensor by 1 − 1.
func Inertia() Case {
	return Case{
		Name: "inertia", Lie: "so(3) ⊕ scaling", Vectors: 3, Size: 3, Sigma: 1, K: 27, Dim: 4,
		Outputs: func(points action.Vectors) action.Equivariance {
			return action.Covariant(points, action.Left(3, 3), action.Right(3, 3))
		},
		Value:   InertiaValue,
		Graph:   InertiaGraph,
		Algebra: diagonalCopies(3, append(keeping(ones(3)), diagonal(1, 1, 1))...),
		Gauge:   []*mat.Dense{diagonal(0, 0, 0, 1, 1, 1, -1, -1, -1)},
		Recipe:  Recipe{Samples: 100_000, Hidden: []int{384, 384}, Activation: "relu"},
	}
}

// diagonalCopies returns diag(A, …, A) with the given number of copies, for each of
// the matrices.
func diagonalCopies(copies int, matrices ...*mat.Dense) []*mat.Dense {
	blocks := make([]*mat.Dense, len(matrices))
	for i, a := range matrices {
		blocks[i] = new(mat.Dense)
		blocks[i].Kronecker(diagonal(ones(copies)...), a)
	}
	return blocks
}

// diagonal returns the matrix with the given numbers on its diagonal.
func diagonal(values ...float64) *mat.Dense {
	return mat.DenseCopyOf(mat.NewDiagDense(len(values), values))
}

// InertiaGraph is the inertia tensor Σ_v (‖r_v‖²·1 − r_v r_vᵀ) of unit masses
// at points r_v of R³, from x [batch, 3·c] of any float type to its nine
// components [batch, 9], row by row. It transforms as a tensor under
// rotations of the points, and scales with their square: f(A·x) = A·f(x) +
// f(x)·Aᵀ for A in so(3) ⊕ scaling, to first order.
func InertiaGraph(x *graph.Node) *graph.Node {
	points := graph.Reshape(x, x.Shape().Dim(0), -1, 3)
	outer := graph.Einsum("bvi,bvj->bij", points, points)
	size := graph.Reshape(graph.ReduceSum(graph.Square(points), 1, 2), -1, 1, 1)
	unit := graph.ConvertDType(graph.Const(x.Graph(), [][][]float64{{{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}}), x.DType())
	return graph.Reshape(graph.Sub(graph.Mul(size, unit), outer), -1, 9)
}

// InertiaValue is the same function in float64. len(x) must be a multiple of
// 3.
func InertiaValue(x []float64) []float64 {
	y := make([]float64, 9)
	for r := x; len(r) > 0; r = r[3:] {
		size := r[0]*r[0] + r[1]*r[1] + r[2]*r[2]
		for i := range 3 {
			y[4*i] += size
			for j := range 3 {
				y[3*i+j] -= r[i] * r[j]
			}
		}
	}
	return y
}

// InertiaSamples draws n sets of c points from a normal distribution, X [n, 3·c], with their inertia tensors, Y [n, 9],
// float32. It panics unless n, c ≥ 1.
func InertiaSamples(rng *rand.Rand, n, c int) dataset.Samples {
	if c < 1 {
		panic(fmt.Sprintf("groundtruth: InertiaSamples: c = %d points", c))
	}
	bodies := Inertia()
	bodies.Vectors = c
	return bodies.Samples(rng, n)
}
