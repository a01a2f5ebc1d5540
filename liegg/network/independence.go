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
	"github.com/liegg/lab/liegg/network/internal/independence"
)

// A model whose samples affect each other (for instance, batch normalisation in training
// mode) is refused, since gradients are taken of sums over the batch. A model that depends on
// the number of samples in its batch is refused, too, since that number is our choice.

// checkIndependence computes the gradient of one sample of the first chunk again, in a batch
// of another size, behind other samples, and without their outputs. The result must be the
// same. So no output of another sample depends on its input, and its own gradient does not
// depend on the inputs of other samples, on its position, or on the size of the batch. A
// model that passed the check is not checked again.
func (e *extraction) checkIndependence(c chunk, z *tensors.Tensor, energies []float64) error {
	e.model.mode = e.mode
	if e.independent = e.independent || e.network.compiled.knowsIndependent(e.model); e.independent {
		return nil
	}
	backend, err := e.network.backend()
	if err != nil {
		return err
	}
	exec, err := model.NewExec(backend, e.network.Store, e.energies)
	if err != nil {
		return err
	}
	defer exec.Finalize()
	floor := independence.Rounding * slices.Max(energies)
	for _, kept := range e.keptInTurn(c, energies) {
		told, err := independence.Same(energies[kept:kept+1], floor, c.X, func(x *tensors.Tensor) ([]float64, error) {
			again, err := independence.Among(exec, kept, x, z)
			if err != nil {
				return nil, fmt.Errorf("network: differentiating the model failed: %w", err)
			}
			defer finalize(again)
			energies, err := dataset.Values(again)
			return energies[max(0, len(energies)-1):], err
		})
		if err != nil {
			return err
		}
		if told {
			break
		}
	}
	e.independent = true
	e.network.compiled.remember(e.model)
	return nil
}

// keptInTurn returns the sample whose gradients are compared and, in case rounding dominates
// these, the one with the median gradient.
func (e *extraction) keptInTurn(c chunk, energies []float64) []int {
	first := e.kept(c, energies)
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

// energies builds the energies of the program, for a batch of any size.
func (e *extraction) energies(scope *model.Scope, x, z *Node) *Node {
	defer panicWithError()
	return ConvertDType(jacobianRows(e.mode, e.action, x, e.y(scope, x), z).energy, dtypes.Float64)
}

// kept returns the sample whose gradients are compared. It is the first sample, whose
// gradient would include what the others see of it, or the one with the largest gradient if
// the first has hardly any.
func (e *extraction) kept(c chunk, energies []float64) int {
	if e.mode == CoordinateMode {
		return independence.Watched(c) // pushes forward: outputs are compared, as in outputsAlone
	}
	if strongest := floats.MaxIdx(energies[:c.Count]); energies[0] < 1e-3*energies[strongest] {
		return strongest
	}
	return 0
}
