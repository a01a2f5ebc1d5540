package dataset

import (
	"fmt"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/gomlx/core/tensors"
)

// Values returns a copy of the numbers of a float32 or float64 tensor, row by
// row. It returns an error if the tensor has another type or was freed.
func Values(t *tensors.Tensor) ([]float64, error) {
	switch t.DType() {
	case dtypes.Float64:
		return tensors.CopyFlatData[float64](t)
	case dtypes.Float32:
		narrow, err := tensors.CopyFlatData[float32](t)
		wide := make([]float64, len(narrow))
		for i, v := range narrow {
			wide[i] = float64(v)
		}
		return wide, err
	}
	return nil, fmt.Errorf("dataset: a tensor %s holds neither float32 nor float64", t.Shape())
}

// Float64 returns t in float64, in which the zeros of exact functions are
// resolved to rounding. It panics unless t holds float32 or float64.
func Float64(t *tensors.Tensor) *tensors.Tensor {
	return tensors.FromFlatDataAndDimensions(floats(t), t.Shape().Dimensions...)
}

// floats is Values for tensors made by the program itself, where an error is
// a programming mistake.
func floats(t *tensors.Tensor) []float64 {
	values, err := Values(t)
	if err != nil {
		panic(err.Error())
	}
	return values
}

// mapped returns a tensor like t with the values f(v, column), computed in
// float64. width is the size of the last axis.
func mapped(t *tensors.Tensor, width int, f func(v float64, column int) float64) *tensors.Tensor {
	values := floats(t)
	result := tensors.FromShape(t.Shape())
	must(result.MutableFlatData(func(flat any) {
		switch flat := flat.(type) {
		case []float64:
			for i, v := range values {
				flat[i] = f(v, i%width)
			}
		case []float32:
			for i, v := range values {
				flat[i] = float32(f(v, i%width))
			}
		}
	}))
	return result
}
