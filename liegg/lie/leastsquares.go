package lie

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"
)

// linearMap is a linear operator from matrices to families of matrices, with
// its transpose.
type linearMap interface {
	zeros() []*mat.Dense
	jacobian(out []*mat.Dense, x *mat.Dense)
	transposed(x *mat.Dense, w []*mat.Dense)
}

// solve returns the r×c matrix x that minimises ‖A·x − b‖² + λ²‖x‖², the one
// of least norm for λ = 0, by conjugate gradients on the normal equations
// (CGLS: Hestenes and Stiefel, J. Res. NBS 49, 1952). The norm is least
// because the iterates stay in the range of Aᵀ. It stops once the gradient
// has fallen to tol of its initial value or to its own rounding error, or
// after 400 steps.
func solve(a linearMap, b []*mat.Dense, λ, tol float64, r, c int) *mat.Dense {
	x, s := mat.NewDense(r, c, nil), mat.NewDense(r, c, nil)
	rest, q := a.zeros(), a.zeros()
	for i, m := range b {
		rest[i].Copy(m)
	}
	a.transposed(s, rest)
	p := mat.DenseCopyOf(s)
	γ := inner2(s, s)
	start := (1 + 1e-9) * familyProduct(b) // the objective never rises, up to rounding
	for first, step := γ, 0; step < 400 && γ > first*tol*tol && γ > 0; step++ {
		a.jacobian(q, p)
		length := inner2(p, p)
		δ := familyProduct(q) + λ*λ*length
		residual := familyProduct(rest) + λ*λ*inner2(x, x)
		if δ == 0 || residual > start || atRounding(γ, δ/length, residual) {
			break
		}
		α := γ / δ
		axpy(x, α, p)
		for i := range rest {
			axpy(rest[i], -α, q[i])
		}
		a.transposed(s, rest)
		axpy(s, -λ*λ, x)
		next := inner2(s, s)
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

// inner2 returns the Frobenius product of two matrices of any shape.
func inner2(a, b *mat.Dense) float64 {
	return floats.Dot(a.RawMatrix().Data, b.RawMatrix().Data)
}

func familyProduct(q []*mat.Dense) float64 {
	var sum float64
	for _, m := range q {
		sum += inner2(m, m)
	}
	return sum
}

func axpy(y *mat.Dense, α float64, x *mat.Dense) {
	floats.AddScaled(y.RawMatrix().Data, α, x.RawMatrix().Data)
}

// failure is the panic value of a decomposition that did not converge. Public
// functions whose data can cause it return it as an error.
type failure string

func (f failure) Error() string { return "the " + string(f) + " did not converge" }

// unconverged, called by defer, turns the panic of a failure into an error.
func unconverged(doing string, err *error) {
	switch f := recover().(type) {
	case nil:
	case failure:
		*err = fmt.Errorf("lie: %s: %w: rescale the matrices, or take fewer digits of a degenerate estimate", doing, f)
	default:
		panic(f)
	}
}

// nullSpace returns an orthonormal basis, as columns, of the vectors that m,
// r×c, shrinks to less than tol of their length: its right singular vectors.
// It is nil if no singular value is that small.
func nullSpace(m *mat.Dense, tol float64) *mat.Dense {
	r, c := m.Dims()
	if r < c { // the SVD needs at least as many rows as columns
		tall := mat.NewDense(c, c, nil)
		tall.Slice(0, r, 0, c).(*mat.Dense).Copy(m)
		m = tall
	}
	values, v := rightSingular(m)
	first := c
	for first > 0 && values[first-1] <= tol {
		first--
	}
	if first == c {
		return nil
	}
	return mat.DenseCopyOf(v.Slice(0, c, first, c))
}

// rightSingular returns the singular values of m in descending order, and its
// right singular vectors as columns.
func rightSingular(m *mat.Dense) ([]float64, *mat.Dense) {
	var svd mat.SVD
	if !svd.Factorize(m, mat.SVDThinV) {
		panic(failure("singular value decomposition"))
	}
	var v mat.Dense
	svd.VTo(&v)
	return svd.Values(nil), &v
}

// rangeOf returns an orthonormal basis of the column space of m, as columns:
// the left singular vectors with values above tol, at most c of them unless c
// is negative. It is nil for rank 0.
func rangeOf(m mat.Matrix, tol float64, c int) *mat.Dense {
	var svd mat.SVD
	if !svd.Factorize(m, mat.SVDThinU) {
		panic(failure("singular value decomposition"))
	}
	k := 0
	for _, v := range svd.Values(nil) {
		if v > tol && k != c {
			k++
		}
	}
	if k == 0 {
		return nil
	}
	var u mat.Dense
	svd.UTo(&u)
	r, _ := u.Dims()
	return mat.DenseCopyOf(u.Slice(0, r, 0, k))
}

// width returns the number of columns, 0 for nil.
func width(m *mat.Dense) int {
	if m == nil {
		return 0
	}
	_, c := m.Dims()
	return c
}

// angleBetween returns the largest principal angle between the column spaces
// of two matrices with equally many orthonormal columns.
func angleBetween(a, b mat.Matrix) float64 {
	var ab, rest mat.Dense
	ab.Mul(a.T(), b)
	rest.Mul(a, &ab)
	rest.Sub(b, &rest)
	return math.Asin(min(1, singularValues(&rest)[0]))
}
