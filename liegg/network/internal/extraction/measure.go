package extraction

import (
	"hash/maphash"
	"math"
	"math/rand/v2"
	"slices"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/dtypes"
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"

	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/internal/devicefault"
	"github.com/liegg/lab/liegg/internal/graphpanic"
	"github.com/liegg/lab/liegg/internal/participation"
	"github.com/liegg/lab/liegg/internal/tensor"
	"github.com/liegg/lab/liegg/network/internal/call"
	"github.com/liegg/lab/liegg/network/internal/derivative"
	"github.com/liegg/lab/liegg/network/internal/jacobian"
	"github.com/liegg/lab/liegg/network/internal/stream"
)

// measureInRoom is measure with a batch that the device has room for.
func (e *Program) measureInRoom(beginning *tensors.Tensor, batch int) error {
	for {
		err := e.measure(beginning, batch)
		if !devicefault.Full(err) || !e.divides(batch) {
			return err
		}
		batch = e.half(batch)
		e.most = batch
	}
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
	} else if err = e.equalise(backend, beginning, 0); err == nil {
		copy(e.limits[bounds+e.Action.Dim():], e.sizes.Factors(e.outputs))
		err = e.bound(backend, beginning, samples, batch)
	}
	if err != nil || !e.grouped {
		return err
	}
	return e.pairShuffled(backend, beginning, samples, batch)
}

// inTwoBytes is the largest memory for the results that are kept.
const inTwoBytes = 512 << 20

// enoughBatches is the number of whole batches, spread over the beginning of a stream, that tell as
// much of it as single samples do.
const enoughBatches = 16

// cutsInTwo reports whether the pilot takes all samples of the beginning of a stream, or many whole
// batches for a costly network, and whether all their gradients and rows can be kept.
func (e *Program) cutsInTwo(beginning *tensors.Tensor, batch int) bool {
	all := beginning.Shape().Dim(0)
	n, input := min(e.pilotSize(), all), beginning.Size()/all
	numbers := (input + e.Action.Dim()) * n * e.outputs
	return e.mode == jacobian.ReverseMode && !e.grouped && e.block == 0 && numbers*beginning.DType().Size() <= inTwoBytes &&
		(n == all || batch > 1 && n >= enoughBatches*batch && e.Network.costly(input))
}

// newInTwo makes the two parts.
func (e *Program) newInTwo(backend compute.Backend) (*inTwo, error) {
	t := &inTwo{seed: maphash.MakeSeed()}
	var err error
	if t.network, err = model.NewExec(backend, e.Network.Store, e.networkGraph); err != nil {
		return nil, err
	}
	t.sums, err = model.NewExec(backend, e.Network.Store, e.sumsGraph)
	return t, err
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

// pairShuffled computes the two sums from some samples in random order. In a stream of groups,
// the sample half a batch away may belong to the same group.
func (e *Program) pairShuffled(backend compute.Backend, beginning *tensors.Tensor, samples, batch int) error {
	e.unpaired = unpaired{}
	for c, err := range stream.Piloted(beginning, shuffled(samples, beginning.Shape().Dim(0)), backend, batch) {
		if err != nil {
			return err
		}
		values, err := e.values(c)
		if err != nil {
			return err
		}
		e.unpaired.add(values, samples)
	}
	return nil
}

// shuffled is stream.Evenly in random order.
func shuffled(n, all int) []int {
	order, at := rand.New(rand.NewPCG(1, 0)).Perm(n), stream.Evenly(n, all)
	for i, o := range order {
		order[i] = at[o]
	}
	return order
}
