package linalg

import (
	"maps"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"gonum.org/v1/gonum/mat"
)

// withValues is a matrix of the given eigenvalues in a random frame, with the rows and
// columns scaled.
func withValues(r *rand.Rand, λ []float64, scale float64) *mat.SymDense {
	n := len(λ)
	var qr mat.QR
	qr.Factorize(normal(r, n, n))
	var q, product mat.Dense
	qr.QTo(&q)
	product.Product(&q, mat.NewDiagDense(n, λ), q.T())
	s := mat.NewSymDense(n, nil)
	for i := range n {
		for j := range i + 1 {
			s.SetSym(i, j, scale*(product.At(i, j)+product.At(j, i))/2)
		}
	}
	return s
}

// Values and vectors agree with the whole decomposition: for spectra that are spread out,
// graded, clustered or degenerate, of any scale, and for matrices that fall apart.
func TestEigen(t *testing.T) {
	r := rand.New(rand.NewPCG(2, 0))
	const n = 130
	spectra := map[string]func(i int) float64{
		"random":     func(int) float64 { return r.NormFloat64() },
		"squares":    func(int) float64 { x := r.NormFloat64(); return x * x },
		"graded":     func(i int) float64 { return math.Pow(10, -float64(i)/8) },
		"zeros":      func(i int) float64 { return float64(max(0, i-40)) },
		"near zeros": func(i int) float64 { return float64(max(0, i-40)) + 1e-12*r.Float64() },
		"one value":  func(int) float64 { return 3 },
		"two values": func(i int) float64 { return float64(i % 2) },
		"no value":   func(int) float64 { return 0 },
		"tiny parts": func(i int) float64 { return math.Pow(10, -2*float64(i)) },
	}
	for _, name := range slices.Sorted(maps.Keys(spectra)) {
		of := spectra[name]
		for _, scale := range []float64{1, 1e-200, 1e200} {
			λ := make([]float64, n)
			for i := range λ {
				λ[i] = of(i)
			}
			testEigen(t, name, withValues(r, λ, scale))
		}
	}
	diagonal, split := mat.NewSymDense(n, nil), mat.NewSymDense(n, nil)
	for i := range n {
		diagonal.SetSym(i, i, float64((i*37)%n))
		split.SetSym(i, i, 1)
		if i%2 == 0 {
			split.SetSym(i, i+1, .5)
		}
	}
	testEigen(t, "diagonal", diagonal)
	testEigen(t, "pairs", split)
	testEigen(t, "small", withValues(r, []float64{1, 2, 2, 5}, 1))
}

// Vectors of a projector are orthonormal in every frame. With gonum's dormqr one in forty is
// off by 1e-5.
func TestEigenOfProjectors(t *testing.T) {
	const n = 130
	λ := make([]float64, n)
	for i := range λ {
		λ[i] = float64(i % 2)
	}
	for seed := range uint64(60) {
		e, ok := NewEigen(withValues(rand.New(rand.NewPCG(seed, 5)), λ, 1))
		if !ok {
			t.Fatal("no decomposition")
		}
		if off := math.Abs(mat.Norm(e.Vectors(1), 2) - 1); off > 1e-12 {
			t.Errorf("seed %d: a vector of length 1 is off by %g", seed, off)
		}
	}
}

func testEigen(t *testing.T, name string, s *mat.SymDense) {
	t.Helper()
	n := s.SymmetricDim()
	e, ok := NewEigen(s)
	if !ok {
		t.Errorf("%s: no decomposition", name)
		return
	}
	var whole mat.EigenSym
	whole.Factorize(s, true) // without vectors, gonum panics at some scales
	want := whole.Values(nil)
	size := math.Max(math.Abs(want[0]), math.Abs(want[n-1]))
	for i, v := range e.Values() {
		if math.Abs(v-want[i]) > 1e-13*size*float64(n) {
			t.Errorf("%s: value %d is %g, want %g", name, i, v, want[i])
			return
		}
	}
	for _, count := range []int{1, min(n, 40), n} {
		v := e.Vectors(count)
		if _, columns := v.Dims(); columns != count {
			t.Errorf("%s: %d vectors, want %d", name, columns, count)
		}
		var one, sv, vλ mat.Dense
		one.Mul(v.T(), v)
		for i := range count {
			one.Set(i, i, one.At(i, i)-1)
		}
		if off := mat.Norm(&one, 2); off > 1e-11 {
			t.Errorf("%s: %d vectors are not orthonormal, by %g", name, count, off)
		}
		sv.Mul(s, v)
		vλ.Mul(v, mat.NewDiagDense(count, e.Values()[:count]))
		sv.Sub(&sv, &vλ)
		if off := mat.Max(&sv) - mat.Min(&sv); off > 1e-12*size*float64(n) {
			t.Errorf("%s: S·v − λ·v is %g for %d vectors of a matrix of size %g", name, off, count, size)
		}
	}
}

func TestEigenOfNaN(t *testing.T) {
	for _, n := range []int{3, 100} {
		s := mat.NewSymDense(n, nil)
		s.SetSym(0, n-1, math.NaN())
		if _, ok := NewEigen(s); ok {
			t.Errorf("NaN in %d×%d is decomposed", n, n)
		}
	}
}
