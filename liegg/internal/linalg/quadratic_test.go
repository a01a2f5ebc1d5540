package linalg

import (
	"math"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/mat"
)

func normal(r *rand.Rand, rows, columns int) *mat.Dense {
	m := mat.NewDense(rows, columns, nil)
	m.Apply(func(_, _ int, _ float64) float64 { return r.NormFloat64() }, m)
	return m
}

// The forms are the diagonal of hᵀSh, for one column and for many, for matrices that are
// full, have full and sparse rows, are sparse, or hold what is not finite.
func TestQuadraticForms(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 0))
	for _, n := range []int{1, 7, 30} {
		for _, c := range []struct {
			columns int
			share   float64 // of entries that are not zero
		}{{1, 1}, {1, .1}, {99, .7}, {99, .25}, {40, .05}} {
			s, h := mat.NewSymDense(n, nil), normal(r, n, c.columns)
			for i := range n {
				for j := i; j < n; j++ {
					if r.Float64() < c.share {
						s.SetSym(i, j, r.NormFloat64())
					}
				}
			}
			var hsh mat.Dense
			hsh.Product(h.T(), s, h)
			for j, got := range NewQuadratic(h, s).Forms(s) {
				if want := hsh.At(j, j); math.Abs(got-want) > 1e-12*float64(n*n) {
					t.Fatalf("n = %d: %g in column %d, want %g", n, got, j, want)
				}
			}
			s.SetSym(0, n-1, math.Inf(1))
			if got := NewQuadratic(h, s).Forms(s)[0]; !math.IsNaN(got) && !math.IsInf(got, 0) {
				t.Errorf("a matrix with Inf gives %g", got)
			}
		}
	}
}
