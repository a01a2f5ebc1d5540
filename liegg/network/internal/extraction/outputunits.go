package extraction

import (
	"math"
	"slices"

	"github.com/gomlx/compute/dtypes"
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"
	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg"
	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/internal/graphpanic"
	"github.com/liegg/lab/liegg/internal/participation"
	"github.com/liegg/lab/liegg/internal/tensor"
	"github.com/liegg/lab/liegg/lie/rep"
	"github.com/liegg/lab/liegg/network/internal/call"
	"github.com/liegg/lab/liegg/network/internal/device"
	"github.com/liegg/lab/liegg/network/internal/stream"
)

// InOutputUnits returns the action for outputs that are divided by their sizes at some of the
// first samples, if the action allows each output, or each summand of a representation, its own
// unit. Otherwise, or if there are no samples, it returns the action unchanged.
func (n Network) InOutputUnits(a action.Action, beginning *tensors.Tensor, s Settings) (_ action.Action, err error) {
	defer graphpanic.Catch(&err)
	c, ok := a.(action.Equivariance)
	if !ok || beginning == nil || len(c.Units()) < 2 {
		return a, nil
	}
	if !c.FreeUnits() && s.BySize {
		return a, nil
	}
	if !c.FreeUnits() {
		return n.inSummandUnits(c, beginning, s)
	}
	y, err := n.someOutputs(a, beginning, s)
	if err != nil {
		return nil, err
	}
	if s.BySize {
		return c.Within(rep.UsedOutputs(y)), nil
	}
	samples, outputs := y.Dims()
	sizes, squares := make([]float64, outputs), make([]float64, samples)
	for o := range sizes {
		mat.Col(squares, o, y)
		floats.Mul(squares, squares)
		if sizes[o] = math.Sqrt(participation.Typical(squares)); sizes[o] == 0 {
			sizes[o] = 1 // an output that is zero, or not finite: whoever takes rows says so
		}
	}
	return c.InUnits(sizes), nil
}

// someOutputs returns the outputs at some of the first samples, one row for each.
func (n Network) someOutputs(a action.Action, beginning *tensors.Tensor, s Settings) (*mat.Dense, error) {
	e, backend, err := prepared(n, a, stream.Chunk{X: beginning}, s)
	if err != nil {
		return nil, err
	}
	outputs, err := model.NewExec(backend, n.Store, func(scope *model.Scope, x *Node) *Node {
		return ConvertDType(e.Y(scope, x), dtypes.Float64)
	})
	if err != nil {
		return nil, err
	}
	defer outputs.Finalize()
	var y []float64
	samples := min(pilotSamples, beginning.Shape().Dim(0))
	batch := min(samples, device.LimitsOf(backend).ForInputs(beginning.Size()/beginning.Shape().Dim(0)))
	for chunk, err := range stream.Sampled(beginning, samples, backend, batch) {
		if err != nil {
			return nil, err
		}
		values, err := call.Values(outputs, chunk.X)
		tensor.Finalize(chunk.X)
		if err != nil {
			return nil, err
		}
		y = append(y, values[0][:chunk.Count*e.outputs]...)
	}
	return mat.NewDense(len(y)/e.outputs, e.outputs, y), nil
}

// inSummandUnits divides the outputs of each summand by the root mean square of its gradient
// ‖J‖_F over samples. Then all summands count equally, regardless of their units and their
// numbers of outputs.
func (n Network) inSummandUnits(c action.Equivariance, beginning *tensors.Tensor, s Settings) (action.Action, error) {
	e, backend, err := prepared(n, c, stream.Chunk{X: beginning}, s)
	if err != nil {
		return nil, err
	}
	defer e.Finalize()
	e.scaled = true
	if err := e.equalise(backend, beginning, 0); err != nil || e.sizes == nil {
		return c, err
	}
	var sizes []float64
	for _, outputs := range c.Units() {
		size := summandSize(e.sizes, len(sizes), outputs, rounding(beginning.DType()))
		sizes = append(sizes, slices.Repeat([]float64{size}, outputs)...)
	}
	return c.InUnits(sizes), nil
}

// summandSize returns the size of a number of outputs, starting at from. If all of them are
// constant, their gradients are rounding errors, and the size keeps them small beside the others.
func summandSize(s *liegg.OutputScales, from, outputs int, rounding float64) float64 {
	varying, constant := 0., 0.
	for o := from; o < from+outputs; o++ {
		if square := s.Gradients[o] * s.Gradients[o]; slices.Contains(s.Constant, o) {
			constant += square
		} else {
			varying += square
		}
	}
	switch {
	case varying > 0:
		return math.Sqrt(varying)
	case constant > 0:
		return math.Sqrt(constant) / rounding
	}
	return 1
}
