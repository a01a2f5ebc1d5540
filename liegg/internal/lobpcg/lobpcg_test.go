package lobpcg

import (
	"errors"
	"math"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/mat"
)

// known is a problem with the given solutions: A = V⁻ᵀΛV⁻¹ and B = V⁻ᵀV⁻¹ for a V
// whose columns solve it.
func known(λ []float64, v *mat.Dense) (a, b *mat.Dense) {
	var inverse, al mat.Dense
	if err := inverse.Inverse(v); err != nil {
		panic(err)
	}
	al.Mul(inverse.T(), mat.NewDiagDense(len(λ), λ))
	return product(&al, &inverse), product(mat.DenseCopyOf(inverse.T()), &inverse)
}

func problem(a, b *mat.Dense) Problem {
	n, _ := a.Dims()
	return Problem{N: n, Apply: func(x *mat.Dense) (*mat.Dense, *mat.Dense, error) {
		if b == nil {
			return product(a, x), nil, nil
		}
		return product(a, x), product(b, x), nil
	}}
}

func random(n int, seed uint64) *mat.Dense {
	r := rand.New(rand.NewPCG(seed, 0))
	m := mat.NewDense(n, n, nil)
	m.Apply(func(_, _ int, _ float64) float64 { return r.NormFloat64() }, m)
	return m
}

func orthogonal(n int) *mat.Dense {
	var qr mat.QR
	var q mat.Dense
	qr.Factorize(random(n, 3))
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

// solves fails unless the solutions are those of the definition.
func solves(t *testing.T, a, b *mat.Dense, s *Solution, λ []float64) {
	t.Helper()
	for j := range s.Converged {
		if math.Abs(s.Values[j]-λ[j]) > 1e-10 {
			t.Errorf("λ_%d = %g, want %g", j+1, s.Values[j], λ[j])
		}
	}
	bx := s.Vectors
	if b != nil {
		bx = product(b, s.Vectors)
	}
	r := mat.DenseCopyOf(bx)
	scaleColumns(r, s.Values)
	r.Sub(product(a, s.Vectors), r)
	for j, residual := range columnNorms(r)[:s.Converged] {
		if residual > 1e-6 {
			t.Errorf("A·x − λ·B·x is %g for solution %d", residual, j+1)
		}
	}
	one := product(mat.DenseCopyOf(s.Vectors.T()), bx)
	n, _ := one.Dims()
	for i := range n {
		for j := range n {
			if want := float64(max(0, 1-max(i-j, j-i))); math.Abs(one.At(i, j)-want) > 1e-8 {
				t.Fatalf("xᵀB·x at %d, %d is %g", i, j, one.At(i, j))
			}
		}
	}
}

func TestSmallest(t *testing.T) {
	const n, zeros = 120, 5
	λ := values(n, zeros)
	skew := product(orthogonal(n), mat.DenseCopyOf(mat.NewDiagDense(n, values(n, 0))))
	for name, v := range map[string]*mat.Dense{"orthonormal": orthogonal(n), "with B": product(skew, orthogonal(n))} {
		a, b := known(λ, v)
		if name == "orthonormal" {
			b = nil
		}
		s, err := Smallest(problem(a, b), Settings{Count: 8, Block: 16, Steps: 200, Converged: Within(1)})
		if err != nil {
			t.Fatal(err)
		}
		if s.Converged != 8 {
			t.Errorf("%s: %d of 8 in %d steps, residuals %.1g", name, s.Converged, s.Steps, s.Residuals)
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
	a, _ := known(λ, orthogonal(200))
	var inverse mat.Dense
	if err := inverse.Inverse(a); err != nil {
		t.Fatal(err)
	}
	p := problem(a, nil)
	settings := Settings{Count: 4, Block: 8, Steps: 30, Converged: func(λ, r float64) bool { return r < 1e-6*λ }}
	plain, err := Smallest(p, settings)
	if err != nil {
		t.Fatal(err)
	}
	p.Precondition = func(r *mat.Dense) *mat.Dense { return product(&inverse, r) }
	s, err := Smallest(p, settings)
	if err != nil {
		t.Fatal(err)
	}
	if plain.Converged == 4 || s.Converged != 4 {
		t.Errorf("%d of 4 solutions without, %d with a preconditioner", plain.Converged, s.Converged)
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
	s, err := Smallest(problem(whole, projector), Settings{Count: 6, Block: 14, Steps: 200, Converged: Within(1)})
	if err != nil {
		t.Fatal(err)
	}
	if s.Converged != 6 {
		t.Fatalf("%d of 6 solutions", s.Converged)
	}
	solves(t, whole, projector, s, λ)
	if off := mat.Norm(product(mat.DenseCopyOf(q.Slice(0, n, n-blind, n).T()), s.Vectors), 2); off > 1e-8 {
		t.Errorf("the solutions have a part of %g in the null space", off)
	}
}

func TestErrors(t *testing.T) {
	broken := errors.New("no product")
	settings := Settings{Count: 1, Block: 2, Steps: 5, Converged: Within(1)}
	p := Problem{N: 9, Apply: func(*mat.Dense) (*mat.Dense, *mat.Dense, error) { return nil, nil, broken }}
	if _, err := Smallest(p, settings); !errors.Is(err, broken) {
		t.Errorf("error of Apply: %v", err)
	}
	nan := mat.NewDense(9, 9, nil)
	nan.Set(3, 3, math.NaN())
	if _, err := Smallest(problem(nan, nil), settings); !errors.Is(err, ErrBreakdown) {
		t.Errorf("NaN: %v", err)
	}
	if _, err := Smallest(problem(nan, mat.NewDense(9, 9, nil)), settings); !errors.Is(err, ErrBreakdown) {
		t.Errorf("B = 0: %v", err)
	}
}
