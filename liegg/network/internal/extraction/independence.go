package extraction

import (
	"cmp"
	"slices"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/dtypes"
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"
	"gonum.org/v1/gonum/floats"

	"github.com/liegg/lab/liegg/dataset"
	"github.com/liegg/lab/liegg/internal/graphpanic"
	"github.com/liegg/lab/liegg/internal/tensor"
	"github.com/liegg/lab/liegg/network/internal/call"
	"github.com/liegg/lab/liegg/network/internal/derivative"
	"github.com/liegg/lab/liegg/network/internal/independence"
	"github.com/liegg/lab/liegg/network/internal/jacobian"
	"github.com/liegg/lab/liegg/network/internal/stream"
)

// Gradients are taken of sums over the batch, so a model whose samples affect each other (for
// instance, batch normalisation in training mode) is an error. So is a model that depends on the
// number of samples in its batch, since we choose that number.

// checkIndependence returns an error if the samples of the first stream.Chunk affect each other, or if
// their number matters, given the energies and the outputs y that the program computed for them. A
// model that has passed the check is not checked again.
//
// Compiling a gradient takes long. So the check first runs the program itself once more, with other
// samples in the batch and without their outputs. If one sample keeps its gradient there, and keeps
// its outputs in a batch of another size, it stands alone. Otherwise checkGradients decides, since
// outputs may change by a constant.
func (e *Program) checkIndependence(c stream.Chunk, z *tensors.Tensor, energies, y []float64) error {
	if e.knownIndependent() {
		return nil
	}
	backend, err := e.Network.On()
	if err != nil {
		return err
	}
	if !e.keepsGradient(c, z, energies) || !e.keepsOutputs(backend, c, y) {
		if err := e.checkGradients(backend, c, z, energies); err != nil {
			return err
		}
	}
	e.independent = true
	e.Network.Programs.remember(e.model)
	return nil
}

// knownIndependent reports whether samples are known not to affect each other.
func (e *Program) knownIndependent() bool {
	e.model.mode = e.mode
	e.independent = e.independent || e.Network.Programs.knowsIndependent(e.model)
	return e.independent
}

// repeatedNumbers is the largest number of values in a batch on which the program is run once more
// to save compiling a gradient.
const repeatedNumbers = 1 << 17

// keepsGradient reports whether a sample has the same gradient if the program runs on it among
// other samples. It is false if that cannot be told, or if the run would take long.
func (e *Program) keepsGradient(c stream.Chunk, z *tensors.Tensor, energies []float64) bool {
	kept, batch := e.comparedSample(c, energies), c.X.Shape().Dim(0)
	size := batch
	if e.cut {
		size *= e.inTwo.together
	}
	if size*c.X.Size()/batch > repeatedNumbers {
		return false
	}
	x, left, err := independence.Others(kept, size, c.X, z)
	if err != nil {
		return false
	}
	defer tensor.Finalize(x, left)
	var values [][]float64
	if size > batch {
		limits := e.limits.tensor()
		defer tensor.Finalize(limits)
		values, err = e.inTwo.callLast(x, batch, left, limits)
	} else {
		values, err = e.Call(x, batch, left)
	}
	if err != nil {
		return false
	}
	floor := independence.Rounding * slices.Max(energies)
	return independence.Agree(energies[kept:kept+1], values[2][batch-1:], floor)
}

// keepsOutputs reports whether a sample has the same outputs in a batch of another size, among
// other samples.
func (e *Program) keepsOutputs(backend compute.Backend, c stream.Chunk, y []float64) bool {
	exec, err := model.NewExec(backend, e.Network.Store, e.Y)
	if err != nil {
		return false
	}
	defer exec.Finalize()
	before := tensors.FromFlatDataAndDimensions(y, c.X.Shape().Dim(0), e.outputs)
	defer tensor.Finalize(before)
	return independence.OfOutputs(exec, c, before) == nil
}

// checkGradients computes the gradient of one sample of the first stream.Chunk again, in a batch of
// another size, after other samples, and without their outputs. It returns an error unless the
// result is the same. If it is, outputs of other samples do not depend on this sample's input, and
// its gradient does not depend on the inputs of other samples, on its position, or on the size of
// the batch.
func (e *Program) checkGradients(backend compute.Backend, c stream.Chunk, z *tensors.Tensor, energies []float64) error {
	exec, err := model.NewExec(backend, e.Network.Store, e.energyAlong)
	if err != nil {
		return err
	}
	defer exec.Finalize()
	floor := independence.Rounding * slices.Max(energies)
	for _, sample := range e.comparedSamples(c, energies) {
		us := e.cotangents(z, sample)
		defer tensor.Finalize(us...)
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
	return nil
}

// comparedSamples returns the sample whose gradients are compared and, in case rounding errors
// dominate them, the sample with the median gradient.
func (e *Program) comparedSamples(c stream.Chunk, energies []float64) []int {
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
func (e *Program) energyAlong(scope *model.Scope, x, u *Node) *Node {
	defer graphpanic.WithError()
	y := e.Y(scope, x)
	if e.mode == jacobian.CoordinateMode {
		return ConvertDType(jacobian.Of(e.mode, e.Action, x, y, u).Energy, dtypes.Float64)
	}
	return derivative.DualNorm(e.Action, derivative.Pull(x, y, ConvertDType(u, y.DType())))
}

// cotangents are those of which the energy of a sample is the sum: its probes, of z [batch,
// probes, m], or each single output, [1, m]. In CoordinateMode it is the weight 1.
func (e *Program) cotangents(z *tensors.Tensor, kept int) (us []*tensors.Tensor) {
	switch e.mode {
	case jacobian.TangentMode:
		all := z.Shape().Dim(1) * e.outputs
		tensors.MustConstFlatData(z, func(z []float32) {
			for probe := range slices.Chunk(z[kept*all:(kept+1)*all], e.outputs) {
				us = append(us, tensors.FromFlatDataAndDimensions(slices.Clone(probe), 1, e.outputs))
			}
		})
	case jacobian.CoordinateMode:
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
func (e *Program) energyAmong(exec *model.Exec, kept int, x *tensors.Tensor, us []*tensors.Tensor) (energy float64, err error) {
	for _, u := range us {
		again, err := independence.Among(exec, kept, x, u)
		if err != nil {
			return 0, call.Failed(err)
		}
		defer tensor.Finalize(again)
		energies, err := dataset.Values(again)
		if err != nil {
			return 0, err
		}
		energy += energies[len(energies)-1]
	}
	if e.mode == jacobian.TangentMode {
		energy /= float64(len(us))
	}
	return energy, nil
}

// comparedSample returns the sample whose gradients are compared: the first sample, or the one
// with the largest gradient if the first has hardly any.
func (e *Program) comparedSample(c stream.Chunk, energies []float64) int {
	if e.mode == jacobian.CoordinateMode {
		return independence.Watched(c) // this mode pushes forward, so it compares outputs
	}
	if strongest := floats.MaxIdx(energies[:c.Count]); energies[0] < 1e-3*energies[strongest] {
		return strongest
	}
	return 0
}
