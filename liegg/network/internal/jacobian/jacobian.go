// Package jacobian builds, in graph code, what a batch of samples contributes to the polarization
// matrix: the rows J·T of products of a network's Jacobian with velocities, and ‖J‖²_F.
package jacobian

import (
	"slices"

	"github.com/gomlx/compute/dtypes"
	. "github.com/gomlx/gomlx/core/graph"

	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/internal/nodes"
	"github.com/liegg/lab/liegg/network/internal/derivative"
)

// Mode is a way to compute J(x)·T(x).
type Mode int

const (
	// AutoMode chooses the mode with the fewest passes through the network.
	AutoMode Mode = iota
	// ReverseMode pulls back each of the m outputs: m passes.
	ReverseMode
	// TangentMode pushes each of the K velocities A_k·x forward: K passes, and a few more to
	// estimate ‖J‖²_F (see Probes).
	TangentMode
	// CoordinateMode pushes each of the n coordinates of the input forward: n passes, which
	// give all of J.
	CoordinateMode
)

// Probes returns the number of random cotangents z, drawn for each sample from the sphere of
// radius √m, that estimate ‖J_i‖²_F as the mean of ‖J_iᵀz‖² (Hutchinson's estimator) in modes
// that do not see all of J. The estimate is unbiased. With one probe, the relative error of a
// sum over N similar samples is at most √(2/N), which is enough if there are many. The result
// is compared with the rows (see liegg.Chunk.Estimated).
func Probes(samples int) int {
	if samples >= 1024 {
		return 1
	}
	return MostProbes
}

// MostProbes is the largest result of Probes.
const MostProbes = 2

// Choose returns the mode with the fewest passes for m outputs, K velocities and n
// coordinates. Probes are pulled back for the given number of scales of the outputs.
func Choose(m, k, n, scales int) Mode {
	switch fewest := min(m, k+scales*MostProbes, n); fewest {
	case m:
		return ReverseMode
	case n:
		return CoordinateMode
	default:
		return TangentMode
	}
}

// Contribution holds the contribution of a batch of m outputs at n inputs.
type Contribution struct {
	Rows   *Node // C = J·T, [batch, m, K]
	Energy *Node // ‖J_i‖²_F or its estimate, [batch], in the dual of the action's inner product

	// gradients are the ones that energy was computed from, [batch, input…] each: of the m
	// outputs or, if probed, of random combinations of them. share is the factor for sums of
	// squares over them.
	Gradients []*Node
	energies  []*Node // their squared dual norms, [batch] each, without the weights of bySample
	Probed    bool
	Share     float64

	Outputs *Node // y [batch, m] if outputs move, too; otherwise nil
}

// Of builds the rows of the outputs y [batch, m] with respect to x. In TangentMode
// z are the probes, [batch, probes, m]. In the other modes they are weights of samples in
// sums over the batch that are differentiated, [batch, 1, 1]. The weights are 1, except in
// the search for samples that affect each other. nil means 1.
func Of(mode Mode, a action.Action, x, y, z *Node) Contribution {
	switch mode {
	case ReverseMode:
		return reverseRows(a, x, y, z)
	case CoordinateMode:
		return coordinateRows(a, x, y, z)
	default:
		return tangentRows(a, x, y, z)
	}
}

func reverseRows(a action.Action, x, y, weights *Node) Contribution {
	y = derivative.BySample(y, weights)
	gradients := derivative.Gradients(x, y)
	rows := make([]*Node, len(gradients))
	for k, g := range gradients {
		rows[k] = action.Contract(a, x, g)
	}
	return New(a, Stack(rows, 1), gradients, false)
}

// New returns the contribution of outputs with rows [batch, m, K] and the given gradients, of every
// output or, if probed, for each probe.
func New(a action.Action, rows *Node, gradients []*Node, probed bool) Contribution {
	share := 1.
	if probed {
		share /= float64(len(gradients))
	}
	var energy *Node
	energies := make([]*Node, len(gradients))
	for k, g := range gradients {
		energies[k] = derivative.DualNorm(a, g)
		energy = nodes.Plus(energy, energies[k])
	}
	return Contribution{Rows: rows, Energy: MulScalar(energy, share), Gradients: gradients, energies: energies, Probed: probed, Share: share}
}

func tangentRows(a action.Action, x, y, z *Node) Contribution {
	rows := derivative.Push(x, derivative.Velocities(a, x), y)[0]
	return New(a, rows, probeGradients(x, y, z), true)
}

// probeGradients returns the gradients Jᵀz for the probes z.
func probeGradients(x, y, z *Node) []*Node {
	us := make([]*Node, z.Shape().Dim(1))
	for p := range us {
		us[p] = Reshape(Slice(ConvertDType(z, y.DType()), AxisRange(), AxisElem(p)), y.Shape().Dimensions...)
	}
	return derivative.PullAll(x, y, us)
}

// Weighted returns the contribution of the outputs w·y, with w of shape [1, m], given the
// contribution of the outputs y.
func (j Contribution) Weighted(a action.Action, x, y, w, z *Node) Contribution {
	rows := Mul(j.Rows, ExpandAxes(ConvertDType(w, j.Rows.DType()), -1))
	if j.Probed {
		return New(a, rows, probeGradients(x, Mul(y, w), z), true)
	}
	scaled := Contribution{Rows: rows, Share: 1}
	for k, g := range j.Gradients {
		factor := Slice(w, AxisRange(), AxisElem(k))
		energy := Mul(j.energies[k], Square(ConvertDType(Reshape(factor, 1), dtypes.Float64)))
		scaled.Gradients = append(scaled.Gradients, Mul(g, Reshape(ConvertDType(factor, g.DType()), slices.Repeat([]int{1}, g.Rank())...)))
		scaled.energies = append(scaled.energies, energy)
		scaled.Energy = nodes.Plus(scaled.Energy, energy)
	}
	return scaled
}

func coordinateRows(a action.Action, x, y, weights *Node) Contribution {
	batch := x.Shape().Dim(0)
	n := x.Shape().Size() / batch
	along := make([]*Node, n)
	for j := range along {
		axis := OneHot(Const(x.Graph(), int32(j)), n, x.DType())
		v := Reshape(BroadcastToDims(Reshape(axis, 1, n), batch, n), x.Shape().Dimensions...)
		along[j] = derivative.BySample(v, weights)
	}
	j := ConvertDType(derivative.Push(x, along, y)[0], x.DType()) // as gradients are that are pulled back
	t := Reshape(a.Tangents(x), batch, a.Dim(), n)
	gradients := make([]*Node, y.Shape().Dim(1))
	for k := range gradients {
		gradients[k] = Reshape(Slice(j, AxisRange(), AxisElem(k)), x.Shape().Dimensions...)
	}
	return New(a, Einsum("bmn,bkn->bmk", j, t), gradients, false)
}

// Masked sets rows, gradients and energies of the samples from count on to zero. These repeat
// a real sample, so they are finite if all samples are.
func (j Contribution) Masked(count *Node) Contribution {
	return j.BySample(derivative.RealSamples(count, j.Energy))
}

// BySample multiplies the contributions of samples to sums of squares by their weights,
// [batch].
func (j Contribution) BySample(weights *Node) Contribution {
	root := Sqrt(weights)
	w := j
	w.Rows, w.Energy = derivative.BySample(j.Rows, root), derivative.BySample(j.Energy, weights)
	if j.Outputs != nil {
		w.Outputs = derivative.BySample(j.Outputs, root)
	}
	w.Gradients = make([]*Node, len(j.Gradients))
	for i, g := range j.Gradients {
		w.Gradients[i] = derivative.BySample(g, root)
	}
	return w
}

// Covariant subtracts the motion of the outputs from the rows: [J·(A_k·x) − B_k·y].
func (j Contribution) Covariant(a action.Action, y *Node) Contribution {
	e, ok := a.(action.Equivariance)
	if !ok {
		return j
	}
	j.Outputs = y
	v := e.OutputVelocities(y)
	j.Rows = Sub(ConvertDType(j.Rows, v.DType()), v)
	return j
}

// Gram returns CᵀC, at least its upper triangle. It computes it from the gradients if the
// action needs no rows.
func (j Contribution) Gram(a action.Action, x *Node) *Node {
	if !j.Probed && j.Outputs == nil {
		if gram := action.Gram(a, x, j.Gradients); gram != nil {
			return gram
		}
	}
	return derivative.Gram(j.Rows)
}

// EachEnergy builds the squared norm of the gradient of each output, [batch, m], float64. If
// there are no gradients of single outputs, it is the squared norm of the output's row.
func (j Contribution) EachEnergy() *Node {
	if j.Probed {
		return ReduceSum(Square(ConvertDType(j.Rows, dtypes.Float64)), -1)
	}
	return Stack(j.energies, 1)
}
