package groundtruth

import (
	"math"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/liegg/lab/liegg/dataset"
)

// SO5 is the paper's function sin‖x₁‖ − ½‖x₂‖³ + x₁·x₂/(‖x₁‖‖x₂‖) on R⁵×R⁵, see [dataset.O5]: so(5), 25 → 10.
func SO5() Case {
	return Case{
		Name: "so5", Lie: "so(5)", Vectors: 2, Size: 5, Sigma: 1, K: 25, Dim: 10,
		Value: scalar(dataset.O5Target),
		Graph: func(x *graph.Node) *graph.Node {
			a, b := halves(x)
			q := ones(5)
			r1, r2 := graph.Sqrt(dotNode(q, a, a)), graph.Sqrt(dotNode(q, b, b))
			cosine := graph.Div(dotNode(q, a, b), graph.Mul(r1, r2))
			cube := graph.Mul(r2, graph.Mul(r2, r2))
			return graph.Add(graph.Sub(graph.Sin(r1), graph.MulScalar(cube, .5)), cosine)
		},
		Algebra: keeping(ones(5)),
	}
}

// SO13 is tanh⟨p,q⟩ + .3⟨p,p⟩ + .1⟨q,q⟩² on R⁴×R⁴ with the Minkowski product
// of signature (+,−,−,−), time first, at σ = .5. Its symmetry is the Lorentz
// algebra so(1,3), three boosts and three rotations, 16 → 6.
func SO13() Case {
	metric := []float64{1, -1, -1, -1}
	return Case{
		Name: "so13", Lie: "so(1,3)", Vectors: 2, Size: 4, Sigma: .5, K: 16, Dim: 6,
		Value: scalar(func(x []float64) float64 {
			p, q := x[:4], x[4:]
			qq := dot(metric, q, q)
			return math.Tanh(dot(metric, p, q)) + .3*dot(metric, p, p) + .1*qq*qq
		}),
		Graph: func(x *graph.Node) *graph.Node {
			p, q := halves(x)
			pp, qq := dotNode(metric, p, p), dotNode(metric, q, q)
			squares := graph.Add(graph.MulScalar(pp, .3), graph.MulScalar(graph.Mul(qq, qq), .1))
			return graph.Add(graph.Tanh(dotNode(metric, p, q)), squares)
		},
		Algebra: keeping(metric),
	}
}

// ConjugateSO3 is tanh(xᵀMy) + .1·xᵀMx on R³×R³ with M = diag(1, 4, 9). Its
// symmetry is so(3) in a stretched frame: the matrices M⁻¹·skew, 9 → 3. None
// of them is skew-symmetric.
func ConjugateSO3() Case {
	metric := []float64{1, 4, 9}
	return Case{
		Name: "conj-so3", Lie: "so(3)", Vectors: 2, Size: 3, Sigma: 1, K: 9, Dim: 3,
		Value: scalar(func(v []float64) float64 {
			x, y := v[:3], v[3:]
			return math.Tanh(dot(metric, x, y)) + .1*dot(metric, x, x)
		}),
		Graph: func(v *graph.Node) *graph.Node {
			x, y := halves(v)
			return graph.Add(graph.Tanh(dotNode(metric, x, y)), graph.MulScalar(dotNode(metric, x, x), .1))
		},
		Algebra: keeping(metric),
	}
}
