package training

import (
	"fmt"
	"math"

	"github.com/gomlx/compute/dtypes"
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"

	"github.com/liegg/lab/liegg/dataset"
	"github.com/liegg/lab/liegg/internal/tensor"
)

// validator is the compiled program of evaluate with its samples. It copies them once, so
// that the caller's tensors remain independent of any backend.
type validator struct {
	exec *model.Exec
	x, y *tensors.Tensor
}

func newValidator(f *fit) (v *validator, err error) {
	v = &validator{}
	if v.x, err = f.validation.X.LocalClone(); err != nil {
		return nil, err
	}
	if v.y, err = f.validation.Y.LocalClone(); err != nil {
		return nil, err
	}
	v.exec, err = model.NewExec(f.network.Backend, f.network.Store, f.validationGraph)
	return v, err
}

func (v *validator) finalize() {
	if v != nil {
		v.exec.Finalize()
		tensor.Finalize(v.x, v.y)
	}
}

// evaluate returns the mean loss of the validation samples and, for classifiers,
// the share of them whose largest output is their label; NaN for others.
func (f *fit) evaluate() (loss, accuracy float64, err error) {
	if f.validator == nil {
		if f.validator, err = newValidator(f); err != nil {
			return 0, 0, err
		}
	}
	out, err := f.validator.exec.Call(f.validator.x, f.validator.y)
	if err != nil {
		return 0, 0, fmt.Errorf("training: the validation loss: %w", err)
	}
	defer tensor.Finalize(out...)
	value, err := dataset.Values(out[0])
	if err != nil {
		return 0, 0, err
	}
	if f.Loss != CrossEntropy {
		value[1] = math.NaN()
	}
	return value[0], value[1], nil
}

// validationGraph builds mean loss and accuracy as one [2] node.
func (f *fit) validationGraph(scope *model.Scope, x, y *Node) *Node {
	scope.Store().SetTraining(x.Graph(), false)
	outputs := f.network.Forward(scope, x)
	loss := f.mean(y, outputs)
	accuracy := ZerosLike(loss)
	if f.Loss == CrossEntropy {
		label := ConvertDType(Reshape(y, -1), dtypes.Int32)
		right := Equal(ArgMax(outputs, -1, dtypes.Int32), label)
		accuracy = ReduceAllMean(ConvertDType(right, loss.DType()))
	}
	return Stack([]*Node{loss, accuracy}, 0)
}
