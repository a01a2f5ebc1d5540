package action

import (
	"github.com/gomlx/compute/dtypes"
	. "github.com/gomlx/gomlx/core/graph"
	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/internal/linalg"
	"github.com/liegg/lab/liegg/internal/nodes"
)

// MetricProduct returns Σᵢ wᵢ TᵢᵀTᵢ·h. For Vectors it does not build the K×K
// matrix, for the sake of very many candidates. x has shape [batch, input…]; w [batch], h [K, c] and the result [K, c]
// are float64.
func MetricProduct(a Action, x, w, h *Node) *Node {
	switch a := a.(type) {
	case Vectors:
		return a.metricProduct(x, w, h)
	case MetricBuilder:
		return Einsum("kl,lc->kc", a.Metric(x, w), h)
	}
	t := ConvertDType(flatTangents(a, x), dtypes.Float64)
	moved := Einsum("bkp,kc->bpc", t, h)
	return Einsum("bkp,bpc->kc", t, Mul(moved, Reshape(w, w.Shape().Dim(0), 1, 1)))
}

// DiagonalBuilder is a MetricBuilder that sums the diagonal of its metric by itself, in a Kth of the
// time. MetricDiagonal takes x and w as Metric does, and returns a float64 [K] node.
type DiagonalBuilder interface {
	MetricDiagonal(x, w *Node) *Node
}

// MetricDiagonal returns Σᵢ wᵢ ‖A_k·xᵢ‖², the diagonal of Metric, as a
// float64 [K] node.
func MetricDiagonal(a Action, x, w *Node) *Node {
	switch a := a.(type) {
	case Vectors:
		return a.metricDiagonal(x, w)
	case DiagonalBuilder:
		return a.MetricDiagonal(x, w)
	case MetricBuilder:
		m := a.Metric(x, w)
		same := Equal(Iota(m.Graph(), m.Shape(), 0), Iota(m.Graph(), m.Shape(), 1))
		return ReduceSum(Mul(m, ConvertDType(same, m.DType())), -1)
	}
	t := ConvertDType(flatTangents(a, x), dtypes.Float64)
	return Einsum("bk,b->k", ReduceSum(Square(t), -1), w)
}

// metricProduct multiplies by the factors of S ⊗ Σᵢ wᵢ Σ_v x̃_v x̃_vᵀ one
// after the other.
func (v Vectors) metricProduct(x, w, h *Node) *Node {
	c := h.Shape().Dim(1)
	turned := Einsum("jl,ilc->ijc", v.DataMoment(x, w), Reshape(h, v.n, v.columns(), c))
	if v.inner != nil {
		turned = Einsum("ik,kjc->ijc", nodes.Symmetric(h, v.inner), turned)
	}
	return Reshape(turned, v.Dim(), c)
}

// metricDiagonal returns S_ii·Σᵢ wᵢ Σ_v x̃_vj² for every E_ij.
func (v Vectors) metricDiagonal(x, w *Node) *Node {
	moved := ConvertDType(v.homogeneous(x), dtypes.Float64)
	data := Einsum("bvj,b->j", Square(moved), w)
	sizes := make([]float64, v.n)
	for i := range sizes {
		if sizes[i] = 1; v.inner != nil {
			sizes[i] = v.inner.At(i, i)
		}
	}
	return Reshape(Einsum("i,j->ij", nodes.Constant(data, sizes, v.n), data), v.Dim())
}

// MetricFactors returns the factors of Metric(a, x, w) if this is a Kronecker product S ⊗ M(x, w):
// the matrix S, and graph code for M, a float64 node. Both are nil for actions whose metric is not
// known to be one.
//
// The metric of Vectors and of Polynomials is: a velocity x̃_j·∂_i lies along axis i. Its factors
// have n² and, for linear maps, n² numbers, while the metric has n⁴.
func MetricFactors(a Action) (left *mat.SymDense, right func(x, w *Node) *Node) {
	switch a := a.(type) {
	case Vectors:
		return innerOrIdentity(a.inner, a.n), a.DataMoment
	case Polynomials:
		return innerOrIdentity(a.inner, a.n), a.moment
	}
	return nil, nil
}

// SpeedFactors returns the factors of the squared speeds ‖A_k·x‖² = sᵢ·q_j(x), k = (i, j), for the
// actions that MetricFactors knows: s, and graph code for q, a float64 node [batch, columns]. Both are
// nil for others.
func SpeedFactors(a Action) (axes []float64, columns func(x *Node) *Node) {
	left, _ := MetricFactors(a)
	if left == nil {
		return nil, nil
	}
	for i := range left.SymmetricDim() {
		axes = append(axes, left.At(i, i))
	}
	return axes, func(x *Node) *Node {
		var moved *Node // [batch, vectors, columns]
		switch a := a.(type) {
		case Vectors:
			moved = a.homogeneous(x)
		case Polynomials:
			moved = a.values(x)
		}
		return ReduceSum(Square(ConvertDType(moved, dtypes.Float64)), 1)
	}
}

// innerOrIdentity returns the inner product, or the identity for the Euclidean one, which is nil.
func innerOrIdentity(inner *mat.SymDense, n int) *mat.SymDense {
	if inner != nil {
		return inner
	}
	return linalg.SymmetricPart(linalg.Identity(n))
}

// moment returns Σᵢ wᵢ Σ_v m(x_v) m(x_v)ᵀ.
func (p Polynomials) moment(x, w *Node) *Node {
	m := ConvertDType(p.values(x), dtypes.Float64)
	return Einsum("bvj,bvl->jl", Mul(m, Reshape(w, w.Shape().Dim(0), 1, 1)), m)
}

// kronecker returns S ⊗ M as a matrix, S = 1 for a nil inner product.
func kronecker(inner *mat.SymDense, n int, moment *Node) *Node {
	k := n * moment.Shape().Dim(0)
	s := nodes.Symmetric(moment, innerOrIdentity(inner, n))
	return Reshape(Einsum("ik,jl->ijkl", s, moment), k, k)
}
