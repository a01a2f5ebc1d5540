package lie

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/lie/internal/check"
	"github.com/liegg/lab/liegg/lie/internal/exponential"
)

// Exp returns exp(t·h), the finite transformation at parameter t. It is
// accurate for arguments of any size: shears are exact to rounding at any
// length, and rotations (antisymmetric h) remain rotations after any number
// of turns. For an affine h = [A b; 0 0] the last row is exactly (0 … 0 1).
// Entries that overflow are ±Inf, or NaN if even the sign is unknown because
// terms of both signs, or an angle of rotation, overflow. Exp panics if h is
// not square, or if h or t holds NaN or Inf.
//
// For ‖t·h‖₁ ≤ 5 it uses the Padé approximant of order 13 or less (Higham,
// Functions of Matrices, 2008, algorithm 10.20). Beyond that it uses scaling
// and squaring of the real Schur form, with the diagonal blocks recomputed at
// every squaring (Al-Mohy and Higham, SIAM J. Matrix Anal. Appl. 31, 2009,
// section 2), so that rounding errors do not double each time. Each
// irreducible block of h has its own Schur form.
func Exp(h *mat.Dense, t float64) *mat.Dense {
	n := check.Square("Exp", h)
	if math.IsNaN(t) || math.IsInf(t, 0) {
		panic(fmt.Sprintf("lie: Exp: t = %v", t))
	}
	e := mat.NewDense(n, n, nil)
	e.Scale(t, h)
	if mat.Norm(e, 1) <= 5 { // false for NaN and Inf
		e.Exp(e)
		if mat.Norm(h.RowView(n-1), 1) == 0 {
			e.SetRow(n-1, unitRow(n)) // exactly
		}
		return e
	}
	f := exponential.New(h, t)
	e = f.Exp(0)
	if allFinite(e) {
		return e
	}
	// Inf·0 and Inf − Inf have produced NaN. Without the factor e^μ nothing
	// overflows.
	μ := f.Growth()
	shifted := f.Exp(μ)
	for i := range n {
		for j, v := range e.RawRowView(i) {
			if math.IsNaN(v) {
				e.Set(i, j, timesExp(shifted.At(i, j), μ))
			}
		}
	}
	return e
}

// unitRow returns (0 … 0 1).
func unitRow(n int) []float64 {
	row := make([]float64, n)
	row[n-1] = 1
	return row
}

func allFinite(m *mat.Dense) bool {
	for _, v := range m.RawMatrix().Data {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return false
		}
	}
	return true
}

// timesExp returns v·e^μ, which may be finite even if e^μ is not.
func timesExp(v, μ float64) float64 {
	if v == 0 {
		return 0
	}
	half := math.Exp(μ / 2)
	return v * half * half
}
