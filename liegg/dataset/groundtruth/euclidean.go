package groundtruth

import (
	"math"

	"github.com/gomlx/gomlx/core/graph"
	"gonum.org/v1/gonum/mat"
)

// SE3 is tanh(a/6) + exp(−b/6) + sin(c/6) on three points of R³, where a, b
// and c are the squared distances ‖x₁−x₂‖², ‖x₂−x₃‖² and ‖x₃−x₁‖² (6 is their
// mean). Its symmetries are the rigid motions se(3), three rotations and
// three translations among the affine maps, 12 → 6.
func SE3() Case {
	return Case{
		Name: "se3", Lie: "se(3)", Vectors: 3, Size: 3, Affine: true, Sigma: 1, K: 12, Dim: 6,
		Value: scalar(func(x []float64) float64 {
			a, b, c := distance2(x[0:3], x[3:6]), distance2(x[3:6], x[6:9]), distance2(x[6:9], x[0:3])
			return math.Tanh(a/6) + math.Exp(-b/6) + math.Sin(c/6)
		}),
		Graph: func(x *graph.Node) *graph.Node {
			p, q, r := columns(x, 0, 3), columns(x, 3, 6), columns(x, 6, 9)
			a, b, c := distance2Node(p, q), distance2Node(q, r), distance2Node(r, p)
			return graph.Add(graph.Add(
				graph.Tanh(graph.DivScalar(a, 6)),
				graph.Exp(graph.DivScalar(b, -6))),
				graph.Sin(graph.DivScalar(c, 6)))
		},
		Algebra: rigid(3),
	}
}

func distance2(p, q []float64) (sum float64) {
	for i := range p {
		sum += (p[i] - q[i]) * (p[i] - q[i])
	}
	return sum
}

func distance2Node(p, q *graph.Node) *graph.Node {
	d := graph.Sub(p, q)
	return sumNode(graph.Mul(d, d))
}

// rigid returns a basis of se(n) in homogeneous form: the rotations, then the translations.
func rigid(n int) []*mat.Dense {
	var basis []*mat.Dense
	for _, rotation := range keeping(ones(n)) {
		a := mat.NewDense(n+1, n+1, nil)
		a.Slice(0, n, 0, n).(*mat.Dense).Copy(rotation)
		basis = append(basis, a)
	}
	for i := range n {
		a := mat.NewDense(n+1, n+1, nil)
		a.Set(i, n, 1)
		basis = append(basis, a)
	}
	return basis
}
