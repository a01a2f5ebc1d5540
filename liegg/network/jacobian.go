package network

import (
	"github.com/gomlx/compute/shapes"
	. "github.com/gomlx/gomlx/core/graph"

	"github.com/liegg/lab/liegg/action"
)

// Differentiation is the way in which J(x)·T(x) is computed.
type Differentiation int

const (
	// AutoMode takes the way with the fewest passes through the network.
	AutoMode Differentiation = iota
	// ReverseMode pulls each of the m outputs back: m passes.
	ReverseMode
	// TangentMode pushes each of the K velocities A_k·x forward: K passes, and a few
	// more that estimate ‖J‖²_F (see probes).
	TangentMode
	// CoordinateMode pushes each of the n coordinates of the input forward: n passes
	// that give all of J.
	CoordinateMode
)

// probes is the number of random ±1 cotangents z that estimate ‖J_i‖²_F of a
// sample as the mean of ‖J_iᵀz‖² (Hutchinson's estimator), where a mode does not
// see all of J. The estimate is unbiased, and averaged over samples.
const probes = 4

// choose takes the mode with the fewest passes for m outputs, K velocities and n
// coordinates.
func choose(m, k, n int) Differentiation {
	switch fewest := min(m, k+probes, n); fewest {
	case m:
		return ReverseMode
	case n:
		return CoordinateMode
	default:
		return TangentMode
	}
}

// jacobian holds what a batch of m outputs at n inputs contributes.
type jacobian struct {
	rows   *Node // C = J·T, [batch, m, K]
	energy *Node // ‖J_i‖²_F or its estimate, [batch]
}

// jacobianRows builds the rows of the outputs y [batch, m] with respect to x. The
// signs, [batch, probes, m] of ±1, are used by TangentMode only.
func jacobianRows(mode Differentiation, a action.Action, x, y, signs *Node) jacobian {
	switch mode {
	case ReverseMode:
		return reverseRows(a, x, y)
	case CoordinateMode:
		return coordinateRows(a, x, y)
	default:
		return tangentRows(a, x, y, signs)
	}
}

func reverseRows(a action.Action, x, y *Node) jacobian {
	m := y.Shape().Dim(1)
	rows := make([]*Node, m)
	var energy *Node
	for k := range m {
		g := Gradient(ReduceAllSum(Slice(y, AxisRange(), AxisElem(k))), x)[0]
		rows[k] = action.Contract(a, x, g)
		energy = plus(energy, squaredNorm(g))
	}
	return jacobian{Stack(rows, 1), energy}
}

func tangentRows(a action.Action, x, y, signs *Node) jacobian {
	t := a.Tangents(x)
	pushed := make([]*Node, a.Dim())
	push := pushforward(x, y)
	for k := range pushed {
		velocity := Slice(t, AxisRange(), AxisElem(k))
		pushed[k] = push(Reshape(velocity, x.Shape().Dimensions...))
	}
	var energy *Node
	for p := range probes {
		z := Reshape(Slice(ConvertDType(signs, y.DType()), AxisRange(), AxisElem(p)), y.Shape().Dimensions...)
		g := Gradient(ReduceAllSum(Mul(y, z)), x)[0]
		energy = plus(energy, squaredNorm(g))
	}
	return jacobian{Stack(pushed, 2), DivScalar(energy, probes)}
}

func coordinateRows(a action.Action, x, y *Node) jacobian {
	batch := x.Shape().Dim(0)
	n := x.Shape().Size() / batch
	push := pushforward(x, y)
	columns := make([]*Node, n)
	for j := range columns {
		axis := OneHot(Const(x.Graph(), int32(j)), n, x.DType())
		columns[j] = push(Reshape(BroadcastToDims(Reshape(axis, 1, n), batch, n), x.Shape().Dimensions...))
	}
	j := Stack(columns, 2)
	t := Reshape(a.Tangents(x), batch, a.Dim(), n)
	return jacobian{Einsum("bmn,bkn->bmk", j, t), squaredNorm(j)}
}

// pushforward returns v ↦ J·v for velocities v of x's shape. GoMLX has reverse
// mode only, but u ↦ Jᵀu is linear: its own reverse derivative is J.
func pushforward(x, y *Node) func(v *Node) *Node {
	u := ZerosLike(y)
	pulled := Gradient(ReduceAllSum(Mul(y, u)), x)[0]
	return func(v *Node) *Node {
		return Gradient(ReduceAllSum(Mul(pulled, v)), u)[0]
	}
}

// squaredNorm sums the squares of all axes but the first: [batch].
func squaredNorm(g *Node) *Node {
	batch := g.Shape().Dim(0)
	return ReduceSum(Square(Reshape(g, batch, g.Shape().Size()/batch)), -1)
}

func plus(sum, term *Node) *Node {
	if sum == nil {
		return term
	}
	return Add(sum, term)
}

// masked sets rows and energies of samples from count on to zero. Those repeat a
// real sample, so they are finite if all is.
func (j jacobian) masked(count *Node) jacobian {
	batch := j.energy.Shape().Dim(0)
	index := Iota(count.Graph(), shapes.Make(count.DType(), batch), 0)
	real := ConvertDType(LessThan(index, count), j.energy.DType())
	return jacobian{
		rows:   Mul(j.rows, Reshape(real, batch, 1, 1)),
		energy: Mul(j.energy, real),
	}
}
