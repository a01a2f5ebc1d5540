package network

import (
	"fmt"
	"regexp"
	"slices"

	. "github.com/gomlx/gomlx/core/graph"

	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/internal/vjp"
	"github.com/liegg/lab/liegg/network/internal/derivative"
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

// probes is the number of random cotangents z, drawn for each sample from the sphere of
// radius √m, that estimate ‖J_i‖²_F as the mean of ‖J_iᵀz‖² (Hutchinson's estimator),
// where a mode does not see all of J. The estimate is unbiased; the error of a sum over N
// alike samples is √(2/N) of it at most with one probe, which is enough where they are
// many. What comes of it is held against the rows (see derivative.LiftMetric).
func probes(samples int) int {
	if samples >= 1024 {
		return 1
	}
	return mostProbes
}

const mostProbes = 2

// choose takes the mode with the fewest passes for m outputs, K velocities and n
// coordinates.
func choose(m, k, n int) Differentiation {
	switch fewest := min(m, k+mostProbes, n); fewest {
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
	energy *Node // ‖J_i‖²_F or its estimate, [batch], in the dual of the action's inner product

	// gradients are those that energy was taken from, [batch, input…] each: of
	// the m outputs, or, where it is probed, of random combinations of them. share is
	// the factor by which sums of squares over them are to be multiplied.
	gradients []*Node
	probed    bool
	share     float64

	outputs *Node // y [batch, m] where outputs are moved, too; else nil
}

// jacobianRows builds the rows of the outputs y [batch, m] with respect to x. z are the
// probes of TangentMode, [batch, probes, m]. In the other modes they are the weights of
// samples where derivatives are taken of sums over the batch, [batch, 1, 1]: ones, but
// where samples that see each other are to be found out. nil stands for ones.
func jacobianRows(mode Differentiation, a action.Action, x, y, z *Node) jacobian {
	switch mode {
	case ReverseMode:
		return reverseRows(a, x, y, z)
	case CoordinateMode:
		return coordinateRows(a, x, y, z)
	default:
		return tangentRows(a, x, y, z)
	}
}

func reverseRows(a action.Action, x, y, weights *Node) jacobian {
	y = derivative.BySample(y, weights)
	m := y.Shape().Dim(1)
	rows, gradients := make([]*Node, m), make([]*Node, m)
	for k := range m {
		gradients[k] = vjp.Gradients(ReduceAllSum(Slice(y, AxisRange(), AxisElem(k))), x)[0]
		rows[k] = action.Contract(a, x, gradients[k])
	}
	return newJacobian(a, Stack(rows, 1), gradients, false)
}

func newJacobian(a action.Action, rows *Node, gradients []*Node, probed bool) jacobian {
	share := 1.
	if probed {
		share /= float64(len(gradients))
	}
	var energy *Node
	for _, g := range gradients {
		energy = derivative.Plus(energy, derivative.DualNorm(a, g))
	}
	return jacobian{rows: rows, energy: MulScalar(energy, share), gradients: gradients, probed: probed, share: share}
}

func tangentRows(a action.Action, x, y, z *Node) jacobian {
	var pushed []*Node
	push := derivative.Push(x, y)
	for _, v := range derivative.Velocities(a, x) {
		pushed = append(pushed, push(v)...)
	}
	return newJacobian(a, Stack(pushed, 2), probeGradients(x, y, z), true)
}

// probeGradients are the gradients Jᵀz for the probes z.
func probeGradients(x, y, z *Node) []*Node {
	gradients := make([]*Node, z.Shape().Dim(1))
	for p := range gradients {
		one := Reshape(Slice(ConvertDType(z, y.DType()), AxisRange(), AxisElem(p)), y.Shape().Dimensions...)
		gradients[p] = vjp.Gradients(ReduceAllSum(Mul(y, one)), x)[0]
	}
	return gradients
}

// weighted is what the outputs w·y contribute, w of shape [1, m], given what the
// outputs y do.
func (j jacobian) weighted(a action.Action, x, y, w, z *Node) jacobian {
	rows := Mul(j.rows, ExpandAxes(w, -1))
	if j.probed {
		return newJacobian(a, rows, probeGradients(x, Mul(y, w), z), true)
	}
	gradients := make([]*Node, len(j.gradients))
	for k, g := range j.gradients {
		gradients[k] = Mul(g, Reshape(Slice(w, AxisRange(), AxisElem(k)), slices.Repeat([]int{1}, g.Rank())...))
	}
	return newJacobian(a, rows, gradients, false)
}

func coordinateRows(a action.Action, x, y, weights *Node) jacobian {
	batch := x.Shape().Dim(0)
	n := x.Shape().Size() / batch
	push := derivative.Push(x, y)
	columns := make([]*Node, n)
	for j := range columns {
		axis := OneHot(Const(x.Graph(), int32(j)), n, x.DType())
		along := Reshape(BroadcastToDims(Reshape(axis, 1, n), batch, n), x.Shape().Dimensions...)
		columns[j] = push(derivative.BySample(along, weights))[0]
	}
	j := Stack(columns, 2)
	t := Reshape(a.Tangents(x), batch, a.Dim(), n)
	gradients := make([]*Node, y.Shape().Dim(1))
	for k := range gradients {
		gradients[k] = Reshape(Slice(j, AxisRange(), AxisElem(k)), x.Shape().Dimensions...)
	}
	return newJacobian(a, Einsum("bmn,bkn->bmk", j, t), gradients, false)
}

// masked sets rows, gradients and energies of samples from count on to zero.
// Those repeat a real sample, so they are finite if all is.
func (j jacobian) masked(count *Node) jacobian {
	return j.bySample(derivative.RealSamples(count, j.energy))
}

// bySample multiplies what samples add to sums of squares by their weights, [batch].
func (j jacobian) bySample(weights *Node) jacobian {
	root := Sqrt(weights)
	w := j
	w.rows, w.energy = derivative.BySample(j.rows, root), derivative.BySample(j.energy, weights)
	if j.outputs != nil {
		w.outputs = derivative.BySample(j.outputs, root)
	}
	w.gradients = make([]*Node, len(j.gradients))
	for i, g := range j.gradients {
		w.gradients[i] = derivative.BySample(g, root)
	}
	return w
}

// covariant takes from the rows how outputs are to move: [J·(A_k·x) − B_k·y].
func (j jacobian) covariant(a action.Action, y *Node) jacobian {
	e, ok := a.(action.Equivariance)
	if !ok {
		return j
	}
	j.outputs = y
	j.rows = Sub(j.rows, e.OutputVelocities(y))
	return j
}

// metric returns Σ_i ‖J_i‖²_F T_iᵀT_i, [K, K]. Where outputs are moved, too, it is
// twice the sum of that and of Σ_i (B_k y_i)·(B_l y_i), for
// ‖J·(A·x) − B·y‖² ≤ 2‖J·(A·x)‖² + 2‖B·y‖²: so ρ stays within 1.
func (j jacobian) metric(a action.Action, x, energy *Node) *Node {
	m := action.Metric(a, x, energy)
	if j.outputs == nil {
		return m
	}
	return MulScalar(Add(m, a.(action.Equivariance).OutputMetric(j.outputs)), 2)
}

// gram returns CᵀC, its upper triangle at least, from the gradients where the action
// needs no rows for it.
func (j jacobian) gram(a action.Action, x *Node) *Node {
	if !j.probed && j.outputs == nil {
		if gram := action.Gram(a, x, j.gradients); gram != nil {
			return gram
		}
	}
	return derivative.Gram(j.rows)
}

// withoutGradient finds the operator in what GoMLX says of one that it cannot differentiate.
var withoutGradient = regexp.MustCompile(`with type "(\w+)", for which no gradient is defined`)

// notDifferentiated is the error of a program that differentiates a model. Operators without a
// gradient are named, and the node that GoMLX dumps is left out.
func notDifferentiated(err error) error {
	if found := withoutGradient.FindStringSubmatch(err.Error()); found != nil {
		return fmt.Errorf("network: GoMLX has no gradient for the operator %s of the model: leave it out, or take a differentiable function in its place (graph.StopGradient around it if its derivative is zero)", found[1])
	}
	return fmt.Errorf("network: differentiating the model failed: %w", err)
}
