package extraction

import (
	"math"
	"slices"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"

	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/internal/vjp"
	"github.com/liegg/lab/liegg/network/internal/jacobian"
)

// In the sums of a verdict each sample has a weight, so that no sample dominates: see
// liegg.Influence. The contribution of a sample is bounded in four quantities, each by
// participation.BoundedBy times its typical value for the first samples, a mean that few samples cannot
// dominate (participation.Typical):
//
//	τ_i = Σ_k ‖A_kx_i‖²/typical_k   how much candidates move it,
//	‖J_i‖²_F τ_i                    its contribution to the metric,
//	Σ_l ‖B_ly_i‖²                   the contribution of its outputs, if these move as well,
//	‖J_i‖²_F                        its contribution to the moments of gradients.

// pilotSamples is the number of samples that determine the bounds, the first ones.
const pilotSamples = 1024

// bounds is the number of bounded quantities.
const bounds = 4

// limits are the properties of the data that a verdict's program needs: the bounds of the
// four quantities, 1/typical_k of each candidate, the factor of each output, and 1/V of the
// variance V of the outputs.
type limits []float64

// unlimited bounds nothing.
func unlimited(candidates, outputs int) limits {
	l := limits(slices.Repeat([]float64{1}, bounds+candidates+outputs+1))
	for b := range bounds {
		l[b] = math.Inf(1)
	}
	return l
}

func (l limits) tensor() *tensors.Tensor {
	return tensors.FromFlatDataAndDimensions(slices.Clone([]float64(l)), len(l))
}

// influence builds the four quantities of each sample, [batch, 4], and the weights,
// [batch], for limits [4+K+m].
func influence(j jacobian.Contribution, a action.Action, x, limits *Node) (quantities, weights *Node) {
	batch := x.Shape().Dim(0)
	scale := Slice(limits, AxisRange(bounds, bounds+a.Dim()))
	one := Ones(x.Graph(), shapes.Make(dtypes.Float64, batch))
	speed := vjp.Gradients(ReduceAllSum(Mul(action.MetricDiagonal(a, x, one), scale)), one)[0]
	energy := ConvertDType(j.Energy, dtypes.Float64)
	adds := Mul(energy, speed)
	if j.Probed { // weights that depend on a probe would bias its estimate
		energy = ZerosLike(speed)
		squares := ReduceSum(Square(ConvertDType(j.Rows, dtypes.Float64)), 1)
		adds = Einsum("bk,k->b", squares, scale)
	}
	moved := ZerosLike(speed)
	if j.Outputs != nil {
		moved = outputMotion(j, a.(action.Equivariance))
	}
	quantities = Stack([]*Node{speed, adds, moved, energy}, 1)
	bound := Reshape(Slice(limits, AxisRange(0, bounds)), 1, bounds)
	most := Where(GreaterThan(quantities, BroadcastToDims(bound, batch, bounds)), Div(BroadcastToDims(bound, batch, bounds), quantities), OnesLike(quantities))
	return quantities, ReduceMin(most, -1)
}

// outputMotion returns Σ_l ‖B_ly_i‖² of each sample.
func outputMotion(j jacobian.Contribution, e action.Equivariance) *Node {
	velocities := ConvertDType(e.OutputVelocities(j.Outputs), dtypes.Float64)
	return ReduceSum(Square(velocities), 1, 2)
}
