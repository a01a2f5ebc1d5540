package dense

import (
	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"
)

// LinearMap is a linear operator from matrices to families of matrices, with
// its transpose.
type LinearMap interface {
	Zeros() []*mat.Dense
	Jacobian(out []*mat.Dense, x *mat.Dense)
	Transposed(x *mat.Dense, w []*mat.Dense)
}

// Solve returns the r×c matrix x that minimises ‖A·x − b‖² + λ²‖x‖², the one
// of least norm for λ = 0, by conjugate gradients on the normal equations
// (CGLS: Hestenes and Stiefel, J. Res. NBS 49, 1952). The norm is least
// because the iterates stay in the range of Aᵀ. It stops once the gradient
// has fallen to tol of its initial value or to its own rounding error, or
// after 400 steps.
func Solve(a LinearMap, b []*mat.Dense, λ, tol float64, r, c int) *mat.Dense {
	x, s := mat.NewDense(r, c, nil), mat.NewDense(r, c, nil)
	rest, q := a.Zeros(), a.Zeros()
	for i, m := range b {
		rest[i].Copy(m)
	}
	a.Transposed(s, rest)
	p := mat.DenseCopyOf(s)
	γ := Product(s, s)
	start := (1 + 1e-9) * FamilyProduct(b) // the objective never rises, up to rounding
	for first, step := γ, 0; step < 400 && γ > first*tol*tol && γ > 0; step++ {
		a.Jacobian(q, p)
		length := Product(p, p)
		δ := FamilyProduct(q) + λ*λ*length
		residual := FamilyProduct(rest) + λ*λ*Product(x, x)
		if δ == 0 || residual > start || atRounding(γ, δ/length, residual) {
			break
		}
		α := γ / δ
		axpy(x, α, p)
		for i := range rest {
			axpy(rest[i], -α, q[i])
		}
		a.Transposed(s, rest)
		axpy(s, -λ*λ, x)
		next := Product(s, s)
		p.Scale(next/γ, p)
		p.Add(p, s)
		γ = next
	}
	return x
}

// atRounding reports whether the squared gradient γ of ½‖A·x − b‖² is a
// rounding error: the second stopping rule of LSQR, ‖Aᵀr‖ ≤ ε‖A‖‖r‖ (Paige
// and Saunders, ACM TOMS 8, 1982), with the stretch of one direction for
// ‖A‖². Beyond it, conjugate gradients take arbitrary directions and their
// steps may grow without bound.
func atRounding(γ, stretch, residual float64) bool {
	const ε = 1e-15
	return γ <= ε*ε*stretch*residual
}

// Product returns the Frobenius product of two matrices of any shape.
func Product(a, b *mat.Dense) float64 {
	return floats.Dot(a.RawMatrix().Data, b.RawMatrix().Data)
}

// FamilyProduct returns the sum of the squares of all entries.
func FamilyProduct(q []*mat.Dense) float64 {
	var sum float64
	for _, m := range q {
		sum += Product(m, m)
	}
	return sum
}

func axpy(y *mat.Dense, α float64, x *mat.Dense) {
	floats.AddScaled(y.RawMatrix().Data, α, x.RawMatrix().Data)
}
