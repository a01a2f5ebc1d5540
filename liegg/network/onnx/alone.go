package onnx

import (
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"

	"github.com/liegg/lab/liegg/dataset"
)

// standAlone returns an error if the output for a sample depends on the other samples of
// its batch: it runs the model on a few, and once more with all but the first changed.
func (m *converted) standAlone(backend compute.Backend) (err error) {
	defer recovered(&err)
	exec, err := model.NewExec(backend, m.store, m.forward)
	if err != nil {
		return err
	}
	defer exec.Finalize()
	random := rand.New(rand.NewPCG(1, 2))
	x := make([]float64, samples*m.input.Size())
	var first [2][]float64
	for i := range first {
		for j := range x {
			if i == 0 || j >= m.input.Size() {
				x[j] = random.NormFloat64() * (1 + 2*float64(i))
			}
		}
		y, err := exec.Call(m.tensor(x))
		if err != nil {
			return fmt.Errorf("the model was built, but cannot be run: %w", err)
		}
		values, err := dataset.Values(y[0])
		if err != nil {
			return err
		}
		first[i] = values[:len(values)/samples]
	}
	if !alike(first[0], first[1]) {
		return fmt.Errorf("the output %q for a sample depends on the other samples of its batch, "+
			"so that it has no derivative of its own: export a model that takes sample by sample, and take no sums, means or softmax over the batch axis", m.output)
	}
	return nil
}

// tensor is a batch of a few samples.
func (m *converted) tensor(x []float64) *tensors.Tensor {
	dims := append([]int{samples}, m.input.Dimensions...)
	if m.input.DType == dtypes.Float64 {
		return tensors.FromFlatDataAndDimensions(x, dims...)
	}
	narrow := make([]float32, len(x))
	for i, v := range x {
		narrow[i] = float32(v)
	}
	return tensors.FromFlatDataAndDimensions(narrow, dims...)
}

// alike compares two results of one computation, whose rounding may differ.
func alike(a, b []float64) bool {
	largest := 0.0
	for _, v := range a {
		if !math.IsInf(v, 0) {
			largest = max(largest, math.Abs(v))
		}
	}
	for i, v := range a {
		same := v == b[i] || math.IsNaN(v) && math.IsNaN(b[i])
		if !same && !(math.Abs(v-b[i]) <= 1e-5*largest) {
			return false
		}
	}
	return true
}
