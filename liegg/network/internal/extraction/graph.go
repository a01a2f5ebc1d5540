package extraction

import (
	"github.com/gomlx/compute/dtypes"
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"

	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/network/internal/call"
	"github.com/liegg/lab/liegg/network/internal/derivative"
	"github.com/liegg/lab/liegg/network/internal/finite"
	"github.com/liegg/lab/liegg/network/internal/jacobian"
)

// graph is the program. Its arguments are x [batch, input…], the number of real samples, and the
// probes or weights z (see jacobian.Of). Its results are the rows or their Gram matrix,
// Σ‖J_i‖²_F TᵢᵀTᵢ, ‖J_i‖²_F, whether outputs are finite (see finite.Spoilt), and the outputs.
func (e *Program) graph(scope *model.Scope, x, count, z *Node) []*Node {
	y := e.Y(scope, x)
	return call.Packed(append(e.bareSums(x, y, count, z), finite.Spoilt(x, y), ConvertDType(y, dtypes.Float64)))
}

// stayingGraph is graph for sums that stay on the device. Its last argument are the sums before. Its
// results are the new sums, what statusOf builds, ‖J_i‖²_F, whether outputs are finite, and the
// outputs.
func (e *Program) stayingGraph(scope *model.Scope, x, count, z, before *Node) []*Node {
	y := e.Y(scope, x)
	sums, spoilt := e.bareSums(x, y, count, z), finite.Spoilt(x, y)
	energy := sums[2]
	total := Add(before, Concatenate([]*Node{Reshape(sums[0], -1), Reshape(sums[1], -1)}, 0))
	return []*Node{total, statusOf(energy, spoilt, count), energy, spoilt, ConvertDType(y, dtypes.Float64)}
}

// bareSums builds the sums of a batch with outputs y.
func (e *Program) bareSums(x, y, count, z *Node) []*Node {
	return e.sums(jacobian.Of(e.mode, e.Action, x, y, z).Covariant(e.Action, y).Masked(count), x)
}

// verdictGraph is the program of a verdict. Its results are the results of graph; the same for
// scaled outputs and samples of bounded influence; the moments; and what addInfluence reads.
func (e *Program) verdictGraph(scope *model.Scope, x, count, z, limits *Node) []*Node {
	y := e.Y(scope, x)
	return e.verdictSums(jacobian.Of(e.mode, e.Action, x, y, z), x, y, count, z, limits)
}

// networkGraph takes a batch x and weights z to its outputs y, the rows, and the gradient of each
// output.
func (e *Program) networkGraph(scope *model.Scope, x, z *Node) []*Node {
	y := e.Y(scope, x)
	j := jacobian.Of(e.mode, e.Action, x, y, z)
	return append([]*Node{y, j.Rows}, j.Gradients...)
}

// sumsGraph takes what verdictGraph takes, and then the results of networkGraph, to what
// verdictGraph gives.
func (e *Program) sumsGraph(_ *model.Scope, inputs []*Node) []*Node {
	x, count, z, limits, y, rows, gradients := inputs[0], inputs[1], inputs[2], inputs[3], inputs[4], inputs[5], inputs[6:]
	return e.verdictSums(jacobian.New(e.Action, rows, gradients, false), x, y, count, z, limits)
}

// verdictSums builds the results of a verdict's program for a batch of m outputs y.
func (e *Program) verdictSums(j jacobian.Contribution, x, y, count, z, limits *Node) []*Node {
	energies, values := j.EachEnergy(), ConvertDType(y, dtypes.Float64)
	plain := j.Covariant(e.Action, y).Masked(count)
	nodes := append(e.sums(plain, x), finite.Spoilt(x, y))
	if e.scaled {
		weights := ConvertDType(ExpandAxes(Slice(limits, AxisRange(bounds+e.Action.Dim(), -1)), 0), y.DType())
		j = j.Weighted(e.Action, x, y, weights, z)
		y = Mul(y, weights)
	}
	j = j.Covariant(e.Action, y).Masked(count)
	quantities, weights := influence(j, e.Action, x, limits)
	j = j.BySample(weights)
	nodes = append(nodes, e.sums(j, x)...)
	nodes = append(nodes, e.moments(j, x, weights)...)
	real := derivative.BySample(weights, derivative.RealSamples(count, weights))
	motion := e.motion(j, x, real, Slice(limits, AxisElem(-1)))
	norms := action.Norm(e.Action, ConvertDType(x, dtypes.Float64))
	return call.Packed(append(nodes, quantities, weights, motion, norms, energies, values))
}

// sums builds the rows of a batch or their Gram matrix, the metric, and ‖J_i‖²_F.
//
// If outputs move, too, the metric is twice the sum of Σ_i ‖J_i‖²_F T_iᵀT_i and Σ_i (B_k y_i)·(B_l y_i).
// Since ‖J·(A·x) − B·y‖² ≤ 2‖J·(A·x)‖² + 2‖B·y‖², ρ stays within 1.
func (e *Program) sums(j jacobian.Contribution, x *Node) []*Node {
	var rows *Node
	if e.rows {
		rows = ConvertDType(Reshape(j.Rows, -1, e.Action.Dim()), dtypes.Float64)
	} else {
		rows = e.gram(j, x)
	}
	energy := ConvertDType(j.Energy, dtypes.Float64)
	metric := e.metricSums(x, energy)
	if j.Outputs != nil {
		metric = MulScalar(Add(metric, e.outputMetric(j.Outputs)), 2)
	}
	return []*Node{rows, metric, energy}
}

// motion builds Σ_i w_i‖·‖² of how far candidates move samples, [K, K], in extents of the data.
// If outputs move as the input's generator says, their motion follows from the inputs' motion.
// Candidates that move outputs by themselves count, too, in units of √V.
func (e *Program) motion(j jacobian.Contribution, x, weights, inverseVariance *Node) *Node {
	motion := e.metricSums(x, weights)
	if c, ok := e.Action.(action.Equivariance); ok && c.Free() {
		motion = Add(motion, Mul(e.outputMetric(j.Outputs), Reshape(inverseVariance)))
	}
	return motion
}
