package network

import (
	"slices"

	"github.com/gomlx/compute/dtypes"
	. "github.com/gomlx/gomlx/core/graph"

	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/network/internal/derivative"
)

// Differentiation is a way to compute J(x)·T(x).
type Differentiation int

const (
	// AutoMode chooses the mode with the fewest passes through the network.
	AutoMode Differentiation = iota
	// ReverseMode pulls back each of the m outputs: m passes.
	ReverseMode
	// TangentMode pushes each of the K velocities A_k·x forward: K passes, and a few more to
	// estimate ‖J‖²_F (see probes).
	TangentMode
	// CoordinateMode pushes each of the n coordinates of the input forward: n passes, which
	// give all of J.
	CoordinateMode
)

// probes returns the number of random cotangents z, drawn for each sample from the sphere of
// radius √m, that estimate ‖J_i‖²_F as the mean of ‖J_iᵀz‖² (Hutchinson's estimator) in modes
// that do not see all of J. The estimate is unbiased. With one probe, the relative error of a
// sum over N similar samples is at most √(2/N), which is enough if there are many. The result
// is compared with the rows (see liegg.Chunk.Estimated).
func probes(samples int) int {
	if samples >= 1024 {
		return 1
	}
	return mostProbes
}

const mostProbes = 2

// chooseMode returns the mode with the fewest passes for m outputs, K velocities and n
// coordinates. Probes are pulled back for the given number of scales of the outputs.
func chooseMode(m, k, n, scales int) Differentiation {
	switch fewest := min(m, k+scales*mostProbes, n); fewest {
	case m:
		return ReverseMode
	case n:
		return CoordinateMode
	default:
		return TangentMode
	}
}

// jacobian holds the contribution of a batch of m outputs at n inputs.
type jacobian struct {
	rows   *Node // C = J·T, [batch, m, K]
	energy *Node // ‖J_i‖²_F or its estimate, [batch], in the dual of the action's inner product

	// gradients are the ones that energy was computed from, [batch, input…] each: of the m
	// outputs or, if probed, of random combinations of them. share is the factor for sums of
	// squares over them.
	gradients []*Node
	energies  []*Node // their squared dual norms, [batch] each, without the weights of bySample
	probed    bool
	share     float64

	outputs *Node // y [batch, m] if outputs move, too; otherwise nil
}

// jacobianRows builds the rows of the outputs y [batch, m] with respect to x. In TangentMode
// z are the probes, [batch, probes, m]. In the other modes they are weights of samples in
// sums over the batch that are differentiated, [batch, 1, 1]. The weights are 1, except in
// the search for samples that affect each other. nil means 1.
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
	gradients := derivative.Gradients(x, y)
	rows := make([]*Node, len(gradients))
	for k, g := range gradients {
		rows[k] = action.Contract(a, x, g)
	}
	return newJacobian(a, Stack(rows, 1), gradients, false)
}

func newJacobian(a action.Action, rows *Node, gradients []*Node, probed bool) jacobian {
	share := 1.
	if probed {
		share /= float64(len(gradients))
	}
	var energy *Node
	energies := make([]*Node, len(gradients))
	for k, g := range gradients {
		energies[k] = derivative.DualNorm(a, g)
		energy = derivative.Plus(energy, energies[k])
	}
	return jacobian{rows: rows, energy: MulScalar(energy, share), gradients: gradients, energies: energies, probed: probed, share: share}
}

func tangentRows(a action.Action, x, y, z *Node) jacobian {
	rows := derivative.Push(x, derivative.Velocities(a, x), y)[0]
	return newJacobian(a, rows, probeGradients(x, y, z), true)
}

// probeGradients returns the gradients Jᵀz for the probes z.
func probeGradients(x, y, z *Node) []*Node {
	us := make([]*Node, z.Shape().Dim(1))
	for p := range us {
		us[p] = Reshape(Slice(ConvertDType(z, y.DType()), AxisRange(), AxisElem(p)), y.Shape().Dimensions...)
	}
	return derivative.PullAll(x, y, us)
}

// weighted returns the contribution of the outputs w·y, with w of shape [1, m], given the
// contribution of the outputs y.
func (j jacobian) weighted(a action.Action, x, y, w, z *Node) jacobian {
	rows := Mul(j.rows, ExpandAxes(w, -1))
	if j.probed {
		return newJacobian(a, rows, probeGradients(x, Mul(y, w), z), true)
	}
	scaled := jacobian{rows: rows, share: 1}
	for k, g := range j.gradients {
		factor := Slice(w, AxisRange(), AxisElem(k))
		energy := Mul(j.energies[k], Square(ConvertDType(Reshape(factor, 1), dtypes.Float64)))
		scaled.gradients = append(scaled.gradients, Mul(g, Reshape(factor, slices.Repeat([]int{1}, g.Rank())...)))
		scaled.energies = append(scaled.energies, energy)
		scaled.energy = derivative.Plus(scaled.energy, energy)
	}
	return scaled
}

func coordinateRows(a action.Action, x, y, weights *Node) jacobian {
	batch := x.Shape().Dim(0)
	n := x.Shape().Size() / batch
	along := make([]*Node, n)
	for j := range along {
		axis := OneHot(Const(x.Graph(), int32(j)), n, x.DType())
		v := Reshape(BroadcastToDims(Reshape(axis, 1, n), batch, n), x.Shape().Dimensions...)
		along[j] = derivative.BySample(v, weights)
	}
	j := derivative.Push(x, along, y)[0]
	t := Reshape(a.Tangents(x), batch, a.Dim(), n)
	gradients := make([]*Node, y.Shape().Dim(1))
	for k := range gradients {
		gradients[k] = Reshape(Slice(j, AxisRange(), AxisElem(k)), x.Shape().Dimensions...)
	}
	return newJacobian(a, Einsum("bmn,bkn->bmk", j, t), gradients, false)
}

// masked sets rows, gradients and energies of the samples from count on to zero. These repeat
// a real sample, so they are finite if all samples are.
func (j jacobian) masked(count *Node) jacobian {
	return j.bySample(derivative.RealSamples(count, j.energy))
}

// bySample multiplies the contributions of samples to sums of squares by their weights,
// [batch].
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

// covariant subtracts the motion of the outputs from the rows: [J·(A_k·x) − B_k·y].
func (j jacobian) covariant(a action.Action, y *Node) jacobian {
	e, ok := a.(action.Equivariance)
	if !ok {
		return j
	}
	j.outputs = y
	j.rows = Sub(j.rows, e.OutputVelocities(y))
	return j
}

// metric returns Σ_i ‖J_i‖²_F T_iᵀT_i, [K, K]. If outputs move, too, it returns twice the sum
// of this and of Σ_i (B_k y_i)·(B_l y_i). Since ‖J·(A·x) − B·y‖² ≤ 2‖J·(A·x)‖² + 2‖B·y‖², ρ
// stays within 1.
func (j jacobian) metric(a action.Action, x, energy *Node) *Node {
	m := action.Metric(a, x, energy)
	if j.outputs == nil {
		return m
	}
	return MulScalar(Add(m, a.(action.Equivariance).OutputMetric(j.outputs)), 2)
}

// gram returns CᵀC, at least its upper triangle. It computes it from the gradients if the
// action needs no rows.
func (j jacobian) gram(a action.Action, x *Node) *Node {
	if !j.probed && j.outputs == nil {
		if gram := action.Gram(a, x, j.gradients); gram != nil {
			return gram
		}
	}
	return derivative.Gram(j.rows)
}

// eachEnergy builds the squared norm of the gradient of each output, [batch, m], float64. If
// there are no gradients of single outputs, it is the squared norm of the output's row.
func (j jacobian) eachEnergy() *Node {
	if j.probed {
		return ReduceSum(Square(ConvertDType(j.rows, dtypes.Float64)), -1)
	}
	return Stack(j.energies, 1)
}
