package dataset

import (
	"fmt"

	"github.com/gomlx/gomlx/core/tensors"
)

// floats copies the values of a float32 or float64 tensor. It panics on other types.
func floats(t *tensors.Tensor) []float64 {
	var values []float64
	must(t.ConstFlatData(func(flat any) {
		switch flat := flat.(type) {
		case []float64:
			values = append(values, flat...)
		case []float32:
			values = make([]float64, len(flat))
			for i, v := range flat {
				values[i] = float64(v)
			}
		default:
			panic(fmt.Sprintf("dataset: a tensor %s holds no float32 or float64", t.Shape()))
		}
	}))
	return values
}

// mapped returns a tensor like t with the values f(v, column), computed in float64; width is the size of the last axis.
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
