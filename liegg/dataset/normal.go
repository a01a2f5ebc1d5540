package dataset

import (
	"fmt"
	"math/rand/v2"

	"github.com/gomlx/gomlx/core/tensors"
)

// Normal returns independent standard normal numbers, float64[samples, shape…]: inputs for a
// function that is not tied to data. It panics unless samples and all of shape are positive.
func Normal(random *rand.Rand, samples int, shape ...int) *tensors.Tensor {
	size := 1
	for _, n := range append([]int{samples}, shape...) {
		if n < 1 {
			panic(fmt.Sprintf("dataset: Normal: %d samples of shape %v", samples, shape))
		}
		size *= n
	}
	values := make([]float64, size)
	for i := range values {
		values[i] = random.NormFloat64()
	}
	return tensors.FromFlatDataAndDimensions(values, append([]int{samples}, shape...)...)
}
