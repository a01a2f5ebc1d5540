package lie

import (
	"fmt"
	"math"
	"math/cmplx"
	"slices"

	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/lie/internal/check"
	"github.com/liegg/lab/liegg/lie/internal/dense"
)

// Orbit returns the points exp(t·h)·x0 for every t of ts. For an n×n
// generator h the length of x0 is n, or n−1 if h is an affine map in
// homogeneous form; the points returned have the same length. Orbit panics if
// x0 has another length.
func Orbit(h *mat.Dense, x0, ts []float64) [][]float64 {
	n := check.Square("Orbit", h)
	d := len(x0)
	if d != n && d != n-1 {
		panic(fmt.Sprintf("lie: Orbit: a point of %d coordinates for a %d×%d generator", d, n, n))
	}
	start := slices.Concat(x0, []float64{1})[:n] // append the homogeneous coordinate
	points := make([][]float64, len(ts))
	for i, t := range ts {
		points[i] = moved(Exp(h, t), start)[:d]
	}
	return points
}

// moved returns g·x with 0·Inf = 0.
func moved(g *mat.Dense, x []float64) []float64 {
	out := make([]float64, len(x))
	for i := range out {
		for j, v := range g.RawRowView(i) {
			if x[j] != 0 && v != 0 {
				out[i] += v * x[j]
			}
		}
	}
	return out
}

// NilpotentRadius is the spectral radius, relative to the Frobenius norm, below
// which UnitSpeed treats the eigenvalues of a matrix as zero. Eigenvalues of
// a nilpotent matrix are only accurate to about ε^(1/n).
const NilpotentRadius = 1e-3

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
	check.Square("UnitSpeed", h)
	u := dense.WithoutExponent(h)
	if v := Speed(u); v > 0 {
		u.Scale(1/v, u)
	}
	return u
}

// Speed returns the factor that UnitSpeed divides by.
func Speed(h *mat.Dense) float64 {
	norm := mat.Norm(h, 2)
	values, ok := dense.Eigenvalues(h)
	if norm == 0 || !ok {
		return norm
	}
	var re, im, radius float64
	for _, λ := range values {
		re = math.Max(re, math.Abs(real(λ)))
		im = math.Max(im, math.Abs(imag(λ)))
		radius = math.Max(radius, cmplx.Abs(λ))
	}
	switch {
	case radius < NilpotentRadius*norm:
		return norm
	case im >= re:
		return im
	}
	return radius
}
