package network

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/gomlx/compute/dtypes"
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"
	"gonum.org/v1/gonum/floats"

	"github.com/liegg/lab/liegg/dataset"
	"github.com/liegg/lab/liegg/network/internal/derivative"
	"github.com/liegg/lab/liegg/network/internal/independence"
)

// Gradients are taken of sums over the batch, so a model whose samples affect each other (for
// instance, batch normalisation in training mode) is an error. So is a model that depends on the
// number of samples in its batch, since we choose that number.

// checkIndependence computes the gradient of one sample of the first chunk again, in a batch of
// another size, after other samples, and without their outputs. It returns an error unless the
// result is the same. If it is, outputs of other samples do not depend on this sample's input, and
// its gradient does not depend on the inputs of other samples, on its position, or on the size of
// the batch. A model that has passed the check is not checked again.
func (e *extraction) checkIndependence(c chunk, z *tensors.Tensor, energies []float64) error {
	e.model.mode = e.mode
	if e.independent = e.independent || e.network.compiled.knowsIndependent(e.model); e.independent {
		return nil
	}
	backend, err := e.network.backend()
	if err != nil {
		return err
	}
	exec, err := model.NewExec(backend, e.network.Store, e.energyAlong)
	if err != nil {
		return err
	}
	defer exec.Finalize()
	floor := independence.Rounding * slices.Max(energies)
	for _, sample := range e.comparedSamples(c, energies) {
		us := e.cotangents(z, sample)
		defer finalize(us...)
		decided, err := independence.Same(energies[sample:sample+1], floor, c.X, func(x *tensors.Tensor) ([]float64, error) {
			energy, err := e.energyAmong(exec, sample, x, us)
			return []float64{energy}, err
		})
		if err != nil {
			return err
		}
		if decided {
			break
		}
	}
	e.independent = true
	e.network.compiled.remember(e.model)
	return nil
}

// comparedSamples returns the sample whose gradients are compared and, in case rounding errors
// dominate them, the sample with the median gradient.
func (e *extraction) comparedSamples(c chunk, energies []float64) []int {
	first := e.comparedSample(c, energies)
	order := make([]int, c.Count)
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(i, j int) int { return cmp.Compare(energies[i], energies[j]) })
	if median := order[c.Count/2]; median != first {
		return []int{first, median}
	}
	return []int{first}
}

// energyAlong builds what one of the cotangents adds to the energies of the program, for a batch
// of any size. One gradient compiles far faster than the gradients of all outputs.
func (e *extraction) energyAlong(scope *model.Scope, x, u *Node) *Node {
	defer panicWithError()
	y := e.y(scope, x)
	if e.mode == CoordinateMode {
		return ConvertDType(jacobianRows(e.mode, e.action, x, y, u).energy, dtypes.Float64)
	}
	return derivative.DualNorm(e.action, derivative.Pull(x, y, ConvertDType(u, y.DType())))
}

// cotangents are those of which the energy of a sample is the sum: its probes, of z [batch,
// probes, m], or each single output, [1, m]. In CoordinateMode it is the weight 1.
func (e *extraction) cotangents(z *tensors.Tensor, kept int) (us []*tensors.Tensor) {
	switch e.mode {
	case TangentMode:
		all := z.Shape().Dim(1) * e.outputs
		tensors.MustConstFlatData(z, func(z []float32) {
			for probe := range slices.Chunk(z[kept*all:(kept+1)*all], e.outputs) {
				us = append(us, tensors.FromFlatDataAndDimensions(slices.Clone(probe), 1, e.outputs))
			}
		})
	case CoordinateMode:
		us = append(us, tensors.FromFlatDataAndDimensions([]float32{1}, 1, 1, 1))
	default:
		for o := range e.outputs {
			unit := make([]float32, e.outputs)
			unit[o] = 1
			us = append(us, tensors.FromFlatDataAndDimensions(unit, 1, e.outputs))
		}
	}
	return us
}

// energyAmong is the energy of a sample in a batch of another size, among other samples.
func (e *extraction) energyAmong(exec *model.Exec, kept int, x *tensors.Tensor, us []*tensors.Tensor) (energy float64, err error) {
	for _, u := range us {
		again, err := independence.Among(exec, kept, x, u)
		if err != nil {
			return 0, fmt.Errorf("network: differentiating the model failed: %w", err)
		}
		defer finalize(again)
		energies, err := dataset.Values(again)
		if err != nil {
			return 0, err
		}
		energy += energies[len(energies)-1]
	}
	if e.mode == TangentMode {
		energy /= float64(len(us))
	}
	return energy, nil
}

// comparedSample returns the sample whose gradients are compared: the first sample, or the one
// with the largest gradient if the first has hardly any.
func (e *extraction) comparedSample(c chunk, energies []float64) int {
	if e.mode == CoordinateMode {
		return independence.Watched(c) // this mode pushes forward, so it compares outputs
	}
	if strongest := floats.MaxIdx(energies[:c.Count]); energies[0] < 1e-3*energies[strongest] {
		return strongest
	}
	return 0
}
