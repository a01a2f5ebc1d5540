package groundtruth_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/liegg/lab/liegg/dataset/groundtruth"
)

// The tensor of a turned and stretched set of points is R·I·Rᵀ·s².
func TestInertiaTurnsAsATensor(t *testing.T) {
	const φ, s = .7, 1.3
	r := [3][3]float64{{s * math.Cos(φ), -s * math.Sin(φ), 0}, {s * math.Sin(φ), s * math.Cos(φ), 0}, {0, 0, s}}
	random := rand.New(rand.NewPCG(1, 0))
	x, moved := make([]float64, 9), make([]float64, 9)
	for i := range x {
		x[i] = random.NormFloat64()
	}
	for v := range 3 {
		for i := range 3 {
			for j := range 3 {
				moved[3*v+i] += r[i][j] * x[3*v+j]
			}
		}
	}
	before, after := groundtruth.InertiaValue(x), groundtruth.InertiaValue(moved)
	for i := range 3 {
		for j := range 3 {
			want := 0.
			for k := range 3 {
				for l := range 3 {
					want += r[i][k] * before[3*k+l] * r[j][l]
				}
			}
			if math.Abs(after[3*i+j]-want) > 1e-12 {
				t.Errorf("component %d,%d is %g, want %g", i, j, after[3*i+j], want)
			}
		}
	}
}
