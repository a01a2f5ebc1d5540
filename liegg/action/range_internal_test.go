package action

import (
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/mat"
)

// The share of the data that a matrix moves out of their range is the share of the moved inputs
// whose radius is beyond the edge, for points and directions far from the origin, too.
func TestRangeIsOfMovedInputs(t *testing.T) {
	random := rand.New(rand.NewPCG(8, 0))
	for _, v := range []Vectors{Linear(3, 2), Affine(2, 3), Affine(2, 3).WithDirections(1)} {
		const samples = 500
		values := make([]float64, samples*v.n*v.c)
		for i := range values {
			values[i] = float64(i%5) + (1+float64(i%3))*random.NormFloat64()
		}
		outside, radius, size := v.Range(values), v.radius(values), GeneratorSize(v)
		for trial := range 20 {
			g := mat.NewDense(size, size, nil)
			for i := range v.n {
				for j := range size {
					g.Set(i, j, .1*float64(trial)*random.NormFloat64())
				}
				g.Set(i, i, g.At(i, i)+1)
			}
			if size > v.n {
				g.Set(v.n, v.n, 1)
			}
			out := 0
			for s := range samples {
				moved := make([]float64, v.n*v.c)
				for k := range moved {
					vector, i := k/v.n, k%v.n
					for j := range v.n {
						moved[k] += g.At(i, j) * values[(s*v.c+vector)*v.n+j]
					}
					if v.affine && vector < v.pointCount() {
						moved[k] += g.At(i, v.n)
					}
				}
				if !(radius(moved) <= 1) {
					out++
				}
			}
			if got, want := outside(g), float64(out)/samples; got != want && trial > 0 || trial == 0 && got != .01 {
				t.Errorf("%v, matrix %d: %g are outside, want %g", v, trial, got, want)
			}
		}
	}
}
