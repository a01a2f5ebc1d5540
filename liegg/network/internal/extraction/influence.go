package extraction

import (
	"math"
	"slices"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"

	"github.com/liegg/lab/liegg"
	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/internal/graphpanic"
	"github.com/liegg/lab/liegg/internal/participation"
	"github.com/liegg/lab/liegg/internal/tensor"
	"github.com/liegg/lab/liegg/internal/vjp"
	"github.com/liegg/lab/liegg/network/internal/call"
	"github.com/liegg/lab/liegg/network/internal/derivative"
	"github.com/liegg/lab/liegg/network/internal/jacobian"
	"github.com/liegg/lab/liegg/network/internal/stream"
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

// measure determines, from the beginning of a stream, what the verdict's program needs. The
// program takes batches of the given size.
func (e *Program) measure(beginning *tensors.Tensor, batch int) (err error) {
	defer graphpanic.Catch(&err)
	e.sizes = nil
	e.limits = unlimited(e.Action.Dim(), e.outputs)
	e.activity.Reset(e.outputs, rounding(beginning.DType()), math.Inf(1), e.mixed)
	backend, err := e.Network.On()
	if err != nil {
		return err
	}
	e.distinct = stream.NewDistinct(backend)
	samples := min(pilotSamples, beginning.Shape().Dim(0))
	if err := e.typical(backend, beginning, samples); err != nil {
		return err
	}
	if e.cut = e.cutsInTwo(beginning, batch); e.cut && e.inTwo == nil {
		if e.inTwo, err = e.newInTwo(backend); err != nil {
			return err
		}
	}
	e.inTwo.pilots(true)
	defer e.inTwo.pilots(false)
	if e.cut {
		first := beginning.Shape().Dim(0)
		all := stream.Piloted(beginning, e.pilotAt(first, min(e.pilotSize(), first), batch), backend, batch)
		ahead := derivative.Batch(beginning.Size()/beginning.Shape().Dim(0), e.outputs)
		if err := e.inTwo.runAhead(all, max(2, batch), ahead, e.Probes); err != nil { // a single sample has a partner
			return err
		}
	}
	if e.sizedByPilot() {
		err = e.sizeAndBound(backend, beginning, batch)
	} else if err = e.equalise(backend, beginning); err == nil {
		copy(e.limits[bounds+e.Action.Dim():], e.sizes.Factors(e.outputs))
		err = e.bound(backend, beginning, samples, batch)
	}
	if err != nil || !e.grouped {
		return err
	}
	return e.pairShuffled(backend, beginning, samples, batch)
}

// typical sets 1/typical_k, where typical_k is the typical value of ‖A_kx_i‖² over the
// samples that the candidate moves. It is 0 for a candidate that moves none.
func (e *Program) typical(backend compute.Backend, beginning *tensors.Tensor, samples int) (err error) {
	k, columns := e.Action.Dim(), e.Action.Dim()
	axes, factors := action.SpeedFactors(e.Action)
	if factors != nil {
		columns = k / len(axes)
	} else {
		axes, factors = []float64{1}, func(x *Node) *Node { return speeds(e.Action, x) }
		samples = max(1, min(samples, 1<<22/(k*beginning.Size()/beginning.Shape().Dim(0))))
	}
	if e.speeds == nil {
		if e.speeds, err = model.NewExec(backend, e.Network.Store, func(_ *model.Scope, x *Node) *Node { return factors(x) }); err != nil {
			return err
		}
	}
	var all [][]float64
	e.typicals = make([]float64, k)
	for c, err := range stream.Sampled(beginning, samples, backend, samples) {
		if err != nil {
			return err
		}
		values, err := call.Values(e.speeds, c.X)
		tensor.Finalize(c.X)
		if err != nil {
			return err
		}
		for row := range slices.Chunk(values[0][:c.Count*columns], columns) {
			all = append(all, row)
		}
	}
	column := make([]float64, len(all))
	for j := range columns {
		for i, row := range all {
			column[i] = row[j]
		}
		m, motion := participation.Typical(column), typicalMotion(column)
		for i, axis := range axes {
			at := i*columns + j
			e.limits[bounds+at] = 0
			if m > 0 {
				e.limits[bounds+at] = 1 / (axis * m)
			}
			e.typicals[at] = motion
		}
	}
	if c, ok := e.Action.(action.Equivariance); ok {
		for j := c.Action.Dim(); j < k; j++ {
			e.typicals[j] = math.Inf(1) // it moves outputs only
		}
	}
	return nil
}

// typicalMotion returns liegg.Variation.Typical of a candidate with these squared speeds. A
// linear map changes sizes by factors. So one extent of the data is the time t in which the
// map takes a sample of median size to the size of the 84th percentile: ln(s_84/s_50)/2 for
// squared speeds s, relative to the same quantity for normal numbers. A typical sample then
// moves by 1/t extents in one unit of time.
func typicalMotion(speeds []float64) float64 {
	const normally = .735 // ln(1.405/.674)
	moved := slices.DeleteFunc(slices.Clone(speeds), func(s float64) bool { return s <= 0 })
	if len(moved) == 0 {
		return 0
	}
	slices.Sort(moved)
	t := math.Log(moved[len(moved)*84/100]/moved[len(moved)/2]) / 2 / normally
	return 1 / (t * t)
}

// speeds returns ‖A_kx_i‖², [batch, K], in float64.
func speeds(a action.Action, x *Node) *Node {
	t := a.Tangents(ConvertDType(x, dtypes.Float64))
	batch, k := t.Shape().Dim(0), t.Shape().Dim(1)
	each := Reshape(t, append([]int{batch * k}, x.Shape().Dimensions[1:]...)...)
	return Reshape(action.Norm(a, each), batch, k)
}

// weighted is the number of results at the end of a verdict's program: the four quantities
// and the weights of samples, the metric of motion, squared norms of inputs, and what activity
// watches: energies and values of outputs.
const weighted = 6

// weigh adds the information in these results to a chunk.
func (e *Program) addInfluence(out *liegg.Chunk, c stream.Chunk, values [][]float64) {
	quantities, weights := values[0], values[1]
	out.Influence = new(liegg.Influence)
	for i := range c.Count {
		out.Influence.Count(c.First+i, quantities[i*bounds+1]+quantities[i*bounds+2], weights[i])
	}
	if hasExtents(e.Action) {
		out.Variation = &liegg.Variation{Motion: e.metricOf(values[2]), Outputs: e.spread, Typical: e.typicals}
	}
}

// hasExtents reports whether velocities of inputs are measured in extents of the data.
// Otherwise it is unknown how far a candidate moves an input.
func hasExtents(a action.Action) bool {
	m, ok := a.(action.Measured)
	return ok && m.Inner() != nil
}

// InExtents reports whether that holds, and outputs do not move.
func InExtents(a action.Action) bool {
	_, together := a.(action.Equivariance)
	return !together && hasExtents(a)
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
