package dataset

import (
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/gomlx/gomlx/core/tensors"
)

// O5 draws n samples of the O(5)-invariant regression task:
//
//	x = (x₁, x₂) ∈ R⁵×R⁵ ~ N(0, I),   y = sin‖x₁‖ − ½‖x₂‖³ + x₁·x₂ / (‖x₁‖‖x₂‖)
//
// X is [n, 10] and Y [n, 1], float32; y is computed in float64 from the
// stored x. It panics if n < 1.
//
// Source: Finzi, Welling, Wilson, "A Practical Method for Constructing
// Equivariant Multilayer Perceptrons for Arbitrary Matrix Groups" (EMLP),
// 2021, §7.1; the LieGG paper uses it unchanged.
func O5(rng *rand.Rand, n int) Samples {
	if n < 1 {
		panic(fmt.Sprintf("dataset: O5: n = %d samples", n))
	}
	x, y := make([]float32, 10*n), make([]float32, n)
	var row [10]float64
	for i := range n {
		for j := range row {
			x[10*i+j] = float32(rng.NormFloat64())
			row[j] = float64(x[10*i+j])
		}
		y[i] = float32(O5Target(row[:]))
	}
	return Samples{
		Name: "O(5)",
		X:    tensors.FromFlatDataAndDimensions(x, n, 10),
		Y:    tensors.FromFlatDataAndDimensions(y, n, 1),
	}
}

// O5Target returns the value at x = (x₁, x₂), 10 numbers, of the function that [O5] samples.
// It panics if there are not 10, and is NaN if one of the vectors is zero.
func O5Target(x []float64) float64 {
	if len(x) != 10 {
		panic(fmt.Sprintf("dataset: O5Target: x has %d numbers, not 10", len(x)))
	}
	var aa, bb, ab float64
	for i := range 5 {
		a, b := x[i], x[5+i]
		aa, bb, ab = aa+a*a, bb+b*b, ab+a*b
	}
	r1, r2 := math.Sqrt(aa), math.Sqrt(bb)
	return math.Sin(r1) - r2*r2*r2/2 + ab/(r1*r2)
}
