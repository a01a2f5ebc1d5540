package linalg

import (
	"math"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/mat"
)

// A = Q·T·Qᵀ with an orthogonal Q, at sizes around those of panels, for full matrices, for
// matrices that are zero in places, and for graded ones.
func TestReduction(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 0))
	for _, n := range []int{2, 3, panel, panel + 1, panel + 2, 2*panel + 1, 67} {
		for name, entry := range map[string]func(i, j int) float64{
			"full":     func(int, int) float64 { return r.NormFloat64() },
			"sparse":   func(int, int) float64 { return math.Max(0, r.NormFloat64()-1.5) },
			"graded":   func(i, j int) float64 { return r.NormFloat64() * math.Pow(10, -float64(i+j)/4) },
			"upwards":  func(i, j int) float64 { return r.NormFloat64() * math.Pow(10, float64(i+j-2*n)/4) },
			"diagonal": func(i, j int) float64 { return math.Max(0, 1-math.Abs(float64(i-j))) },
			"tiny":     func(i, j int) float64 { return math.Pow(1e-160, math.Abs(float64(i-j))) },
			"zero":     func(int, int) float64 { return 0 },
		} {
			s := mat.NewSymDense(n, nil)
			for i := range n {
				for j := i; j < n; j++ {
					s.SetSym(i, j, entry(i, j))
				}
			}
			testReduction(t, name, s)
		}
	}
}

func testReduction(t *testing.T, name string, s *mat.SymDense) {
	t.Helper()
	n := s.SymmetricDim()
	red := reduced(mat.DenseCopyOf(s).RawMatrix().Data, n)
	tri := mat.NewSymDense(n, nil)
	for i, v := range red.t.diagonal {
		tri.SetSym(i, i, v)
	}
	for i, v := range red.t.beside {
		tri.SetSym(i, i+1, v)
	}
	q := Identity(n)
	red.turn(q)
	var one, a mat.Dense
	one.Mul(q.T(), q)
	one.Sub(&one, Identity(n))
	if off := mat.Norm(&one, 2); off > 1e-14*float64(n) {
		t.Errorf("%s, %d×%d: Q is not orthogonal, by %g", name, n, n, off)
	}
	a.Product(q, tri, q.T())
	a.Sub(&a, s)
	if off := mat.Norm(&a, 2); !(off <= 1e-14*float64(n)*mat.Norm(s, 2)) {
		t.Errorf("%s, %d×%d: Q·T·Qᵀ is off by %g of %g", name, n, n, off, mat.Norm(s, 2))
	}
}
