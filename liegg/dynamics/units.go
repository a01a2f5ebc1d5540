package dynamics

import (
	"math"

	"github.com/gomlx/compute/dtypes"
	. "github.com/gomlx/gomlx/core/graph"
	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat"
)

// units are the standard deviations σ of the coordinates of states. Velocities are measured by
// Σ (v_i/σ_i)², so that relative defects do not depend on the units of positions and momenta.
type units []float64

// deviations returns the standard deviations of the columns of a table, 1 instead of 0.
func deviations(values table) units {
	_, columns := values.Dims()
	u := make(units, columns)
	for i := range u {
		if u[i] = stat.StdDev(mat.Col(nil, i, values), nil); !(u[i] > 0) {
			u[i] = 1
		}
	}
	return u
}

// canonical returns units √(σ_q/σ_p) of positions and their inverse of momenta: a canonical
// transformation to coordinates that vary alike within each pair.
func (u units) canonical() units {
	n, c := len(u)/2, make(units, len(u))
	for i := range n {
		c[i] = math.Sqrt(u[i] / u[n+i])
		c[n+i] = 1 / c[i]
	}
	return c
}

// action returns the geometric mean of σ_qσ_p: fields of functions of z/σ move states by about their
// extent in this time.
func (u units) action() float64 {
	sum := 0.
	for _, σ := range u {
		sum += math.Log(σ)
	}
	return math.Exp(2 * sum / float64(len(u)))
}

// power returns Π σ_i^α_i.
func (u units) power(α []int) float64 {
	product := 1.
	for i, power := range α {
		product *= math.Pow(u[i], float64(power))
	}
	return product
}

// divide divides the coordinates, the last axis of v, by their units.
func (u units) divide(v *Node) *Node { return Mul(v, u.node(v, -1)) }

// node returns σ to a power of 1 or −1, to be broadcast along the last axis.
func (u units) node(like *Node, power int) *Node {
	values := make([]float64, len(u))
	for i, σ := range u {
		if values[i] = σ; power < 0 {
			values[i] = 1 / σ
		}
	}
	dimensions := make([]int, like.Rank())
	for i := range dimensions {
		dimensions[i] = 1
	}
	dimensions[len(dimensions)-1] = len(u)
	return Reshape(ConvertDType(Const(like.Graph(), values), like.DType()), dimensions...)
}

// Inner returns the inner product of velocities, diag(1/σ²).
func (u units) Inner() *mat.SymDense {
	s := mat.NewSymDense(len(u), nil)
	for i, σ := range u {
		s.SetSym(i, i, 1/(σ*σ))
	}
	return s
}

// Norm returns Σ (v_i/σ_i)² of velocities v [batch, n] as [batch].
func (u units) Norm(v *Node) *Node { return ReduceSum(Square(u.divide(v)), -1) }

// DualNorm returns Σ (σ_i g_i)² of gradients g [batch, n] as [batch].
func (u units) DualNorm(g *Node) *Node { return ReduceSum(Square(Mul(g, u.node(g, 1))), -1) }

// metric returns Σᵢ wᵢ TᵢᵀTᵢ in this inner product for tangents T [batch, K, n], as float64 [K, K].
func (u units) metric(tangents, w *Node) *Node {
	root := Reshape(ConvertDType(Sqrt(w), tangents.DType()), w.Shape().Dim(0), 1, 1)
	t := ConvertDType(Mul(u.divide(tangents), root), dtypes.Float64)
	return Einsum("bki,bli->kl", t, t)
}

// diagonal returns the diagonal of metric, as float64 [K].
func (u units) diagonal(tangents, w *Node) *Node {
	squares := ReduceSum(ConvertDType(Square(u.divide(tangents)), dtypes.Float64), -1)
	return Einsum("bk,b->k", squares, w)
}
