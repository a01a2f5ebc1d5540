package groundtruth

import (
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/liegg/lab/liegg/dataset"
)

// Two bodies of unit mass in the plane attract each other by the potential
// −1/√(1+r²). A state is z = (q₁, p₁, q₂, p₂). Four leapfrog steps, which
// preserve the symmetries of the exact motion, follow it for a time of 1.
// With one 8×8 matrix A on states, f(A·z) = A·f(z) holds for the rotation of
// the relative motion and for the eight matrices that commute with the free
// motion of the centre of mass. With one 2×2 matrix on all four vectors, it
// holds for so(2).
const (
	twoBodySteps = 4
	twoBodyTime  = 1. / twoBodySteps // of one step
)

// TwoBodyGraph maps states [batch, 8] to the states after a time of 1.
func TwoBodyGraph(z *graph.Node) *graph.Node {
	part := func(i int) *graph.Node { return graph.Slice(z, graph.AxisRange(), graph.AxisRange(2*i, 2*i+2)) }
	q1, p1, q2, p2 := part(0), part(1), part(2), part(3)
	drift := func(q, p *graph.Node) *graph.Node { return graph.Add(q, graph.MulScalar(p, twoBodyTime/2)) }
	for range twoBodySteps {
		q1, q2 = drift(q1, p1), drift(q2, p2)
		r := graph.Sub(q2, q1)
		size := graph.AddScalar(graph.ReduceAndKeep(graph.Square(r), graph.ReduceSum, -1), 1)
		kick := graph.MulScalar(graph.Div(r, graph.Mul(size, graph.Sqrt(size))), twoBodyTime)
		p1, p2 = graph.Add(p1, kick), graph.Sub(p2, kick)
		q1, q2 = drift(q1, p1), drift(q2, p2)
	}
	return graph.Concatenate([]*graph.Node{q1, p1, q2, p2}, -1)
}

// TwoBodyValue is the same map in float64. len(z) must be 8.
func TwoBodyValue(z []float64) []float64 {
	z = append([]float64{}, z...)
	drift := func() {
		for i := range 2 {
			z[i] += twoBodyTime / 2 * z[2+i]
			z[4+i] += twoBodyTime / 2 * z[6+i]
		}
	}
	for range twoBodySteps {
		drift()
		x, y := z[4]-z[0], z[5]-z[1]
		pull := twoBodyTime / math.Pow(1+x*x+y*y, 1.5)
		z[2], z[3], z[6], z[7] = z[2]+pull*x, z[3]+pull*y, z[6]-pull*x, z[7]-pull*y
		drift()
	}
	return z
}

// TwoBodySamples draws n states from a normal distribution, X [n, 8], with
// the states after a time of 1, Y [n, 8], float32. If centred, they are in
// the centre-of-mass frame. It panics unless n ≥ 1.
func TwoBodySamples(rng *rand.Rand, n int, centred bool) dataset.Samples {
	if n < 1 {
		panic(fmt.Sprintf("groundtruth: two bodies: n = %d samples", n))
	}
	x, y := make([]float32, 0, 8*n), make([]float32, 0, 8*n)
	z := make([]float64, 8)
	for range n {
		for j := range z {
			z[j] = float64(float32(rng.NormFloat64()))
			if centred && j >= 4 {
				z[j] = -z[j-4]
			}
			x = append(x, float32(z[j]))
		}
		for _, v := range TwoBodyValue(z) {
			y = append(y, float32(v))
		}
	}
	return dataset.Samples{
		Name: "two bodies",
		X:    tensors.FromFlatDataAndDimensions(x, n, 8),
		Y:    tensors.FromFlatDataAndDimensions(y, n, 8),
	}
}
