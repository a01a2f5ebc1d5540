package groundtruth

import (
	"fmt"
	"math/rand/v2"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/liegg/lab/liegg/dataset"
)

// InertiaGraph is the inertia tensor Σ_v (‖r_v‖²·1 − r_v r_vᵀ) of unit masses at points r_v of R³, from x [batch, 3·c] of
// any float type to its nine components [batch, 9], row by row. It turns as a tensor where the points are turned, and
// grows with their square: f(A·x) = A·f(x) + f(x)·Aᵀ for A in so(3) ⊕ scaling, to first order.
func InertiaGraph(x *graph.Node) *graph.Node {
	points := graph.Reshape(x, x.Shape().Dim(0), -1, 3)
	outer := graph.Einsum("bvi,bvj->bij", points, points)
	size := graph.Reshape(graph.ReduceSum(graph.Square(points), 1, 2), -1, 1, 1)
	unit := graph.ConvertDType(graph.Const(x.Graph(), [][][]float64{{{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}}), x.DType())
	return graph.Reshape(graph.Sub(graph.Mul(size, unit), outer), -1, 9)
}

// InertiaValue is the same in float64; len(x) is a multiple of 3.
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
	if n < 1 || c < 1 {
		panic(fmt.Sprintf("groundtruth: inertia: n = %d samples of c = %d points", n, c))
	}
	x, y := make([]float32, n*3*c), make([]float32, 0, n*9)
	row := make([]float64, 3*c)
	for i := range n {
		for j := range row {
			x[i*len(row)+j] = float32(rng.NormFloat64())
			row[j] = float64(x[i*len(row)+j])
		}
		for _, v := range InertiaValue(row) {
			y = append(y, float32(v))
		}
	}
	return dataset.Samples{
		Name: "inertia",
		X:    tensors.FromFlatDataAndDimensions(x, n, 3*c),
		Y:    tensors.FromFlatDataAndDimensions(y, n, 9),
	}
}
