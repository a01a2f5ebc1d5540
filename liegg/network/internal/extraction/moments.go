package extraction

import (
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	. "github.com/gomlx/gomlx/core/graph"

	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/internal/nodes"
	"github.com/liegg/lab/liegg/internal/vjp"
	"github.com/liegg/lab/liegg/network/internal/derivative"
	"github.com/liegg/lab/liegg/network/internal/jacobian"
)

// moments builds batchMoments, for each block.
func (e *Program) moments(j jacobian.Contribution, x, weights *Node) []*Node {
	if blocks := e.blocksIn(x.Shape().Dim(0)); blocks > 1 {
		return e.momentsInBlocks(j, x, weights, blocks)
	}
	return batchMoments(j, e.Action, x, weights)
}

// momentsInBlocks builds batchMoments for each block.
func (e *Program) momentsInBlocks(j jacobian.Contribution, x, weights *Node, blocks int) []*Node {
	each := func(x *Node) *Node { return ReduceSum(Reshape(x, blocks, -1), 1) }
	other := func(x *Node) *Node { return halfwayInBlocks(x, blocks) }
	var unpaired *Node
	for _, g := range j.Gradients {
		paired := ConvertDType(action.Contract(e.Action, x, other(g)), dtypes.Float64)
		unpaired = nodes.Plus(unpaired, each(derivative.BySample(Square(paired), weights)))
	}
	energy := Mul(other(ConvertDType(j.Energy, dtypes.Float64)), weights)
	one := Ones(x.Graph(), shapes.Make(dtypes.Float64, x.Shape().Dim(0)))
	moved := vjp.Gradients(ReduceAllSum(action.MetricDiagonal(e.Action, x, one)), one)[0] // Σ_k ‖A_kx_i‖²
	bound := each(Mul(energy, moved))
	if j.Outputs != nil {
		bound = MulScalar(bound, 2)
	}
	sums := []*Node{MulScalar(unpaired, j.Share), bound}
	s, ok := action.InputsOf(e.Action).(action.Spanning)
	if !ok {
		return sums
	}
	data := action.DataMoments(s, x, active(j, weights), blocks)
	if j.Outputs != nil {
		return append(sums, data)
	}
	var gradients *Node
	for _, g := range j.Gradients {
		gradients = nodes.Plus(gradients, action.GradientMoments(s, g, blocks))
	}
	return append(sums, MulScalar(gradients, j.Share), data)
}

// halfwayInBlocks rotates each block by half its length, as the function halfway does.
func halfwayInBlocks(x *Node, blocks int) *Node {
	shape := x.Shape().Dimensions
	in := Reshape(x, append([]int{blocks, -1}, shape[1:]...)...)
	half := (in.Shape().Dim(1) + 1) / 2
	turned := Concatenate([]*Node{Slice(in, AxisRange(), AxisRange(half)), Slice(in, AxisRange(), AxisRange(0, half))}, 1)
	return Reshape(turned, shape...)
}

// batchMoments builds the content of liegg.Moments: the two unpaired sums and, for an action on
// vectors, the moments of gradients, unless outputs move, and of data. Gradients already include the weights of
// samples, [batch].
func batchMoments(j jacobian.Contribution, a action.Action, x, weights *Node) []*Node {
	unpaired, bound := unpairedSums(j, a, x, weights)
	sums := []*Node{unpaired, bound}
	s, ok := action.InputsOf(a).(action.Spanning)
	if !ok {
		return sums
	}
	data := s.DataMoment(x, active(j, weights))
	if j.Outputs != nil {
		return append(sums, data)
	}
	var gradients *Node
	for _, g := range j.Gradients {
		gradients = nodes.Plus(gradients, s.GradientMoment(g))
	}
	return append(sums, MulScalar(gradients, j.Share), data)
}

// active are the weights of samples, 0 for those without a gradient.
func active(j jacobian.Contribution, weights *Node) *Node {
	return Mul(weights, ConvertDType(Sign(j.Energy), dtypes.Float64))
}

// unpairedSums pairs the velocities of every sample with the gradient of another, half a batch away. The
// batches of a short stream have such a sample beside their own; see stream.Partnered. Gradients are moved
// and not samples, so that the program computes velocities once.
func unpairedSums(j jacobian.Contribution, a action.Action, x, weights *Node) (sum, bound *Node) {
	energy := Mul(halfway(ConvertDType(j.Energy, dtypes.Float64)), weights)
	for _, g := range j.Gradients {
		paired := ConvertDType(action.Contract(a, x, halfway(g)), dtypes.Float64)
		sum = nodes.Plus(sum, ReduceAllSum(derivative.BySample(Square(paired), weights)))
	}
	bound = ReduceAllSum(action.MetricDiagonal(a, x, energy))
	if j.Outputs != nil { // as in metric; moved outputs would only raise the reference
		bound = MulScalar(bound, 2)
	}
	return MulScalar(sum, j.Share), bound
}

// diagonal returns the identity matrix of m's size.
func diagonal(m *Node) *Node {
	return ConvertDType(Equal(Iota(m.Graph(), m.Shape(), 0), Iota(m.Graph(), m.Shape(), 1)), m.DType())
}

// halfway rotates the batch by half its length, rounded up.
func halfway(x *Node) *Node {
	n := x.Shape().Dim(0)
	half := (n + 1) / 2
	if n == 1 {
		return x
	}
	return Concatenate([]*Node{Slice(x, AxisRange(half)), Slice(x, AxisRange(0, half))}, 0)
}
