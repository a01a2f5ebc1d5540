package linalg

import (
	"errors"
	"math"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/mat"
)

// withSolutions is a problem with the given solutions: A = V⁻ᵀΛV⁻¹ and B = V⁻ᵀV⁻¹ for a V
// whose columns solve it.
func withSolutions(λ []float64, v *mat.Dense) (a, b *mat.Dense) {
	var inverse, al mat.Dense
	if err := inverse.Inverse(v); err != nil {
		panic(err)
	}
	al.Mul(inverse.T(), mat.NewDiagDense(len(λ), λ))
	return product(&al, &inverse), product(mat.DenseCopyOf(inverse.T()), &inverse)
}

func problemOf(a, b *mat.Dense) eigenproblem {
	n, _ := a.Dims()
	return eigenproblem{n: n, apply: func(x *mat.Dense) (*mat.Dense, *mat.Dense, error) {
		if b == nil {
			return product(a, x), nil, nil
		}
		return product(a, x), product(b, x), nil
	}}
}

func randomMatrix(n int, seed uint64) *mat.Dense {
	r := rand.New(rand.NewPCG(seed, 0))
	m := mat.NewDense(n, n, nil)
	m.Apply(func(_, _ int, _ float64) float64 { return r.NormFloat64() }, m)
	return m
}

func orthogonal(n int) *mat.Dense {
	var qr mat.QR
	var q mat.Dense
	qr.Factorize(randomMatrix(n, 3))
	qr.QTo(&q)
	return &q
}

// values are d zeros and then numbers from 1 to 2.
func values(n, d int) []float64 {
	λ := make([]float64, n)
	for i := d; i < n; i++ {
		λ[i] = 1 + float64(i-d)/float64(n-d-1)
	}
	return λ
}

// solves fails unless the solutions satisfy the definition.
func solves(t *testing.T, a, b *mat.Dense, s *ritzPairs, λ []float64) {
	t.Helper()
	for j := range s.converged {
		if math.Abs(s.values[j]-λ[j]) > 1e-10 {
			t.Errorf("λ_%d = %g, want %g", j+1, s.values[j], λ[j])
		}
	}
	bx := s.vectors
	if b != nil {
		bx = product(b, s.vectors)
	}
	r := mat.DenseCopyOf(bx)
	scaleColumns(r, s.values)
	r.Sub(product(a, s.vectors), r)
	for j, residual := range columnNorms(r)[:s.converged] {
		if residual > 1e-6 {
			t.Errorf("A·x − λ·B·x is %g for solution %d", residual, j+1)
		}
	}
	one := product(mat.DenseCopyOf(s.vectors.T()), bx)
	n, _ := one.Dims()
	for i := range n {
		for j := range n {
			if want := float64(max(0, 1-max(i-j, j-i))); math.Abs(one.At(i, j)-want) > 1e-8 {
				t.Fatalf("xᵀB·x at %d, %d is %g", i, j, one.At(i, j))
			}
		}
	}
}

func TestLOBPCG(t *testing.T) {
	const n, zeros = 120, 5
	λ := values(n, zeros)
	skew := product(orthogonal(n), mat.DenseCopyOf(mat.NewDiagDense(n, values(n, 0))))
	for name, v := range map[string]*mat.Dense{"orthonormal": orthogonal(n), "with B": product(skew, orthogonal(n))} {
		a, b := withSolutions(λ, v)
		if name == "orthonormal" {
			b = nil
		}
		s, err := lobpcg(problemOf(a, b), lobpcgSettings{count: 8, block: 16, steps: 200, converged: accurateEnough(1)})
		if err != nil {
			t.Fatal(err)
		}
		if s.converged != 8 {
			t.Errorf("%s: %d of 8 in %d steps, residuals %.1g", name, s.converged, s.steps, s.residuals)
		}
		solves(t, a, b, s, λ)
	}
}

// An exact inverse makes it quick.
func TestPrecondition(t *testing.T) {
	λ := values(200, 0)
	for i := range λ {
		λ[i] = math.Pow(10, -6*λ[i])
	}
	a, _ := withSolutions(λ, orthogonal(200))
	var inverse mat.Dense
	if err := inverse.Inverse(a); err != nil {
		t.Fatal(err)
	}
	p := problemOf(a, nil)
	settings := lobpcgSettings{count: 4, block: 8, steps: 30, converged: func(λ, r float64) bool { return r < 1e-6*λ }}
	plain, err := lobpcg(p, settings)
	if err != nil {
		t.Fatal(err)
	}
	p.precondition = func(r *mat.Dense) *mat.Dense { return product(&inverse, r) }
	s, err := lobpcg(p, settings)
	if err != nil {
		t.Fatal(err)
	}
	if plain.converged == 4 || s.converged != 4 {
		t.Errorf("%d of 4 solutions without, %d with a preconditioner", plain.converged, s.converged)
	}
}

// What neither matrix sees is in no solution.
func TestSharedNullSpace(t *testing.T) {
	const n, blind = 90, 10
	q := orthogonal(n)
	seen := mat.DenseCopyOf(q.Slice(0, n, 0, n-blind))
	λ := values(n-blind, 3)
	var a mat.Dense
	a.Mul(seen, mat.NewDiagDense(n-blind, λ))
	whole := product(&a, mat.DenseCopyOf(seen.T()))
	projector := product(seen, mat.DenseCopyOf(seen.T()))
	s, err := lobpcg(problemOf(whole, projector), lobpcgSettings{count: 6, block: 14, steps: 200, converged: accurateEnough(1)})
	if err != nil {
		t.Fatal(err)
	}
	if s.converged != 6 {
		t.Fatalf("%d of 6 solutions", s.converged)
	}
	solves(t, whole, projector, s, λ)
	if off := mat.Norm(product(mat.DenseCopyOf(q.Slice(0, n, n-blind, n).T()), s.vectors), 2); off > 1e-8 {
		t.Errorf("the solutions have a part of %g in the null space", off)
	}
}

func TestLOBPCGErrors(t *testing.T) {
	broken := errors.New("no product")
	settings := lobpcgSettings{count: 1, block: 2, steps: 5, converged: accurateEnough(1)}
	p := eigenproblem{n: 9, apply: func(*mat.Dense) (*mat.Dense, *mat.Dense, error) { return nil, nil, broken }}
	if _, err := lobpcg(p, settings); !errors.Is(err, broken) {
		t.Errorf("error of apply: %v", err)
	}
	nan := mat.NewDense(9, 9, nil)
	nan.Set(3, 3, math.NaN())
	if _, err := lobpcg(problemOf(nan, nil), settings); !errors.Is(err, ErrUnsolved) {
		t.Errorf("NaN: %v", err)
	}
	if _, err := lobpcg(problemOf(nan, mat.NewDense(9, 9, nil)), settings); !errors.Is(err, ErrUnsolved) {
		t.Errorf("B = 0: %v", err)
	}
}
