package network

import (
	"math"

	"github.com/gomlx/compute/dtypes"
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"

	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/internal/participation"
	"github.com/liegg/lab/liegg/network/internal/device"
)

// inOutputUnits returns the action for outputs that are divided by their sizes at some of the
// first samples, if it leaves each output a unit of its own. Else, or if there are no samples,
// it is the action as it was given.
func (n *Network) inOutputUnits(a action.Action, beginning *tensors.Tensor, s Settings) (_ action.Action, err error) {
	defer caught(&err)
	c, ok := a.(action.Equivariance)
	if !ok || beginning == nil || s.BySize || !c.FreeUnits() {
		return a, nil
	}
	e, backend, err := prepared(n, a, chunk{X: beginning}, s)
	if err != nil {
		return nil, err
	}
	squares, err := model.NewExec(backend, n.Store, func(scope *model.Scope, x *Node) *Node {
		return Square(ConvertDType(e.y(scope, x), dtypes.Float64))
	})
	if err != nil {
		return nil, err
	}
	defer squares.Finalize()
	each := make([][]float64, e.outputs)
	samples := min(pilotSamples, beginning.Shape().Dim(0))
	batch := min(samples, device.LimitsOf(backend).ForInputs(beginning.Size()/beginning.Shape().Dim(0)))
	for chunk, err := range spread(beginning, samples, backend, batch) {
		if err != nil {
			return nil, err
		}
		values, err := called(squares, chunk.X)
		finalize(chunk.X)
		if err != nil {
			return nil, err
		}
		for i, v := range values[0][:chunk.Count*e.outputs] {
			each[i%e.outputs] = append(each[i%e.outputs], v)
		}
	}
	sizes := make([]float64, e.outputs)
	for o, squares := range each {
		if sizes[o] = math.Sqrt(participation.Typical(squares)); sizes[o] == 0 {
			sizes[o] = 1 // an output that is zero, or not finite: whoever takes rows says so
		}
	}
	return c.InUnits(sizes), nil
}
