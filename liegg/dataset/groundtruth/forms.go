package groundtruth

import (
	"github.com/gomlx/gomlx/core/graph"
	"gonum.org/v1/gonum/mat"
)

// scalar converts a function of one output to the form of [Case.Value].
func scalar(f func(x []float64) float64) func(x []float64) []float64 {
	return func(x []float64) []float64 { return []float64{f(x)} }
}

// dot returns Σ qᵢaᵢbᵢ, the product of two vectors in the diagonal metric q.
func dot(q, a, b []float64) (sum float64) {
	for i := range q {
		sum += q[i] * a[i] * b[i]
	}
	return sum
}

// dotNode is dot for the rows of a and b [batch, n]: [batch, 1].
func dotNode(q []float64, a, b *graph.Node) *graph.Node {
	products := graph.Mul(graph.Mul(a, b), graph.ConstAs(a, [][]float64{q}))
	return sumNode(products)
}

// sumNode sums each row: [batch, n] to [batch, 1].
func sumNode(x *graph.Node) *graph.Node { return graph.ReduceAndKeep(x, graph.ReduceSum, -1) }

// columns returns the columns from…to−1 of x [batch, in].
func columns(x *graph.Node, from, to int) *graph.Node {
	return graph.Slice(x, graph.AxisRange(), graph.AxisRange(from, to))
}

// halves returns the first and the second half of the columns of x.
func halves(x *graph.Node) (first, second *graph.Node) {
	n := x.Shape().Dim(-1)
	return columns(x, 0, n/2), columns(x, n/2, n)
}

// ones returns the Euclidean metric of Rⁿ.
func ones(n int) []float64 {
	q := make([]float64, n)
	for i := range q {
		q[i] = 1
	}
	return q
}

// keeping returns a basis of the matrices that preserve the diagonal metric
// q, AᵀQ + QA = 0. QA is skew-symmetric, so A = Q⁻¹(E_ij − E_ji), i < j.
func keeping(q []float64) []*mat.Dense {
	n := len(q)
	var basis []*mat.Dense
	for i := range n {
		for j := i + 1; j < n; j++ {
			a := mat.NewDense(n, n, nil)
			a.Set(i, j, 1/q[i])
			a.Set(j, i, -1/q[j])
			basis = append(basis, a)
		}
	}
	return basis
}

// symplectic returns a basis of sp(n,R), n even: the matrices that preserve Ω
// = [0 I; −I 0], AᵀΩ + ΩA = 0. ΩA is symmetric, so A = Ω⁻¹S = −ΩS for the
// symmetric S = E_ij + E_ji and E_ii. sp(2) is sl(2).
func symplectic(n int) []*mat.Dense {
	omega := mat.NewDense(n, n, nil)
	for i := range n / 2 {
		omega.Set(i, i+n/2, 1)
		omega.Set(i+n/2, i, -1)
	}
	var basis []*mat.Dense
	for i := range n {
		for j := i; j < n; j++ {
			s, a := mat.NewDense(n, n, nil), new(mat.Dense)
			s.Set(i, j, -1)
			s.Set(j, i, -1)
			a.Mul(omega, s)
			basis = append(basis, a)
		}
	}
	return basis
}

// area returns xᵀΩy, where x and y are the two halves of v. For vectors of R²
// it is the determinant det[x, y].
func area(v []float64) (sum float64) {
	n := len(v) / 2
	x, y := v[:n], v[n:]
	for i := range n / 2 {
		sum += x[i]*y[n/2+i] - x[n/2+i]*y[i]
	}
	return sum
}

// areaNode is area for the rows of v [batch, 2n]: [batch, 1].
func areaNode(v *graph.Node) *graph.Node {
	x, y := halves(v)
	x1, x2 := halves(x)
	y1, y2 := halves(y)
	return sumNode(graph.Sub(graph.Mul(x1, y2), graph.Mul(x2, y1)))
}
