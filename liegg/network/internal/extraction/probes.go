package extraction

import (
	"math"
	"slices"

	"github.com/gomlx/gomlx/core/tensors"

	"github.com/liegg/lab/liegg/network/internal/jacobian"
)

// Probes draws the cotangents z, [batch, probes, m], uniformly from the sphere of radius √m.
// Cotangents of ±1 would now and then miss outputs that are linearly dependent, such as outputs
// with a sum of zero. In modes without probes, z holds weights of 1.
func (e *Program) Probes(x *tensors.Tensor) *tensors.Tensor {
	dimensions := e.probesShape(x.Shape().Dim(0))
	if e.mode != jacobian.TangentMode {
		return tensors.FromFlatDataAndDimensions(slices.Repeat([]float32{1}, dimensions[0]), dimensions...)
	}
	values := make([]float32, dimensions[0]*dimensions[1]*dimensions[2])
	for z := range slices.Chunk(values, dimensions[2]) {
		square := 0.
		for i := range z {
			v := e.random.NormFloat64()
			z[i], square = float32(v), square+v*v
		}
		scale := float32(math.Sqrt(float64(len(z)) / square))
		for i := range z {
			z[i] *= scale
		}
	}
	return tensors.FromFlatDataAndDimensions(values, dimensions...)
}

// probesShape returns the dimensions of z for a batch.
func (e *Program) probesShape(batch int) []int {
	if e.mode != jacobian.TangentMode {
		return []int{batch, 1, 1}
	}
	return []int{batch, jacobian.Probes(batch), e.outputs}
}
