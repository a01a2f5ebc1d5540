package dense

import (
	"math/rand/v2"

	"gonum.org/v1/gonum/lapack"
	"gonum.org/v1/gonum/lapack/gonum"
	"gonum.org/v1/gonum/mat"
)

// Eigenvalues returns the eigenvalues of a finite square matrix. ok is false
// if they did not converge.
func Eigenvalues(h *mat.Dense) (values []complex128, ok bool) {
	ok = turnedOnce(h, func(m, _ *mat.Dense) bool {
		var e mat.Eigen
		if !e.Factorize(m, mat.EigenNone) {
			return false
		}
		values = e.Values(nil)
		return true
	})
	return values, ok
}

// Schur returns the real Schur form h = z·t·zᵀ of a finite square matrix: t
// is quasi-triangular, with its 2×2 blocks in standard form, and z is
// orthogonal. ok is false if it did not converge.
func Schur(h *mat.Dense) (t, z *mat.Dense, ok bool) {
	ok = turnedOnce(h, func(m, turn *mat.Dense) (converged bool) {
		if t, z, converged = schurOnce(m); converged && turn != nil {
			z.Mul(turn, z)
		}
		return converged
	})
	return t, z, ok
}

// turnedOnce tries an iteration with shifts on h. If that fails, because the
// shifts run in a circle, it tries turnᵀ·h·turn with an orthogonal turn. For
// small matrices that do not converge gonum (v0.17) panics instead of
// reporting it: its LAPACK pads them and then rejects the padding as out of
// range.
func turnedOnce(h *mat.Dense, converges func(m, turn *mat.Dense) bool) bool {
	try := func(m, turn *mat.Dense) (ok bool) {
		defer func() {
			if recover() != nil {
				ok = false
			}
		}()
		return converges(m, turn)
	}
	if try(h, nil) {
		return true
	}
	n, _ := h.Dims()
	turn := RandomTurn(n)
	var turned mat.Dense
	turned.Product(turn.T(), h, turn)
	return try(&turned, turn)
}

func schurOnce(h *mat.Dense) (t, z *mat.Dense, ok bool) {
	n, _ := h.Dims()
	t, z = mat.DenseCopyOf(h), mat.NewDense(n, n, nil)
	var impl gonum.Implementation
	work, tau := make([]float64, 64*n+64), make([]float64, max(n-1, 0))
	a, q := t.RawMatrix(), z.RawMatrix()
	impl.Dgehrd(n, 0, n-1, a.Data, a.Stride, tau, work, len(work))
	z.Copy(t)
	impl.Dorghr(n, 0, n-1, q.Data, q.Stride, tau, work, len(work))
	for i := range n { // the reflectors are stored below the subdiagonal
		for j := range max(i-1, 0) {
			t.Set(i, j, 0)
		}
	}
	wr, wi := make([]float64, n), make([]float64, n)
	unconverged := impl.Dhseqr(lapack.EigenvaluesAndSchur, lapack.SchurOrig, n, 0, n-1, a.Data, a.Stride, wr, wi, q.Data, q.Stride, work, len(work))
	return t, z, unconverged == 0
}

// RandomTurn returns an orthogonal matrix, always the same.
func RandomTurn(m int) *mat.Dense {
	random := rand.New(rand.NewPCG(12, 0))
	x := mat.NewDense(m, m, nil)
	for i := range x.RawMatrix().Data {
		x.RawMatrix().Data[i] = random.NormFloat64()
	}
	return Completed(x)
}
