package lie

import (
	"fmt"
	"math"
	"math/cmplx"
	"slices"

	"gonum.org/v1/gonum/mat"
)

// Exp returns exp(t·h), the finite transformation at parameter t, by scaling
// and squaring. Of an affine h = [A b; 0 0] it is affine, its last row exactly
// (0 … 0 1). It panics if h is not square or holds NaN or Inf, or if t does.
func Exp(h *mat.Dense, t float64) *mat.Dense {
	n := size("Exp", h)
	if math.IsNaN(t) || math.IsInf(t, 0) {
		panic(fmt.Sprintf("lie: Exp: t = %v", t))
	}
	th, e := mat.NewDense(n, n, nil), mat.NewDense(n, n, nil)
	th.Scale(t, h)
	e.Exp(th)
	if !slices.ContainsFunc(h.RawRowView(n-1), func(v float64) bool { return v != 0 }) {
		e.SetRow(n-1, unitRow(n)) // without the rounding of the squarings
	}
	return e
}

// unitRow is (0 … 0 1).
func unitRow(n int) []float64 {
	row := make([]float64, n)
	row[n-1] = 1
	return row
}

// Orbit returns the points exp(t·h)·x0 for every t of ts. The length of x0 is
// n for an n×n generator h; if it is n−1, h is an affine map in homogeneous
// form, and so are the points returned of length n−1. It panics if the length
// is another.
func Orbit(h *mat.Dense, x0, ts []float64) [][]float64 {
	n := size("Orbit", h)
	d := len(x0)
	if d != n && d != n-1 {
		panic(fmt.Sprintf("lie: Orbit: a point of %d coordinates for a %d×%d generator", d, n, n))
	}
	start := mat.NewVecDense(n, nil)
	for i := range n {
		start.SetVec(i, 1) // the homogeneous coordinate
	}
	copy(start.RawVector().Data, x0)
	points := make([][]float64, len(ts))
	for i, t := range ts {
		var x mat.VecDense
		x.MulVec(Exp(h, t), start)
		points[i] = x.RawVector().Data[:d]
	}
	return points
}

// nilpotent is the spectral radius, relative to the Frobenius norm, below
// which UnitSpeed takes the eigenvalues of a matrix for zeros: those of a
// nilpotent matrix are found to about ε^(1/n) only.
const nilpotent = 1e-3

// UnitSpeed returns h scaled so that its parameter is an angle or a rate. With
// λ the eigenvalues of h:
//
//   - if max|Im λ| ≥ max|Re λ| (rotations, and the nearly compact generators
//     that networks learn), the largest frequency |Im λ| becomes 1: t is an
//     angle in radians, and exp(2π·h) = 1 for a compact h whose frequencies
//     are all 0 or 1;
//   - otherwise (scalings, boosts) the largest |λ| becomes 1: t is the
//     logarithm of a ratio;
//   - if all |λ| are below 1e-3 of ‖h‖_F (translations, shears), ‖h‖_F
//     becomes 1.
//
// A zero matrix is returned as it is.
func UnitSpeed(h *mat.Dense) *mat.Dense {
	n := size("UnitSpeed", h)
	u := mat.NewDense(n, n, nil)
	if v := speed(h); v > 0 {
		u.Scale(1/v, h)
	}
	return u
}

// speed is what UnitSpeed divides by.
func speed(h *mat.Dense) float64 {
	norm := mat.Norm(h, 2)
	var eigen mat.Eigen
	if norm == 0 || !eigen.Factorize(h, mat.EigenNone) {
		return norm
	}
	var re, im, radius float64
	for _, λ := range eigen.Values(nil) {
		re = math.Max(re, math.Abs(real(λ)))
		im = math.Max(im, math.Abs(imag(λ)))
		radius = math.Max(radius, cmplx.Abs(λ))
	}
	switch {
	case radius < nilpotent*norm:
		return norm
	case im >= re:
		return im
	}
	return radius
}
