// Package sparsity rotates orthonormal rows so that few of their entries are large.
package sparsity

import (
	"math"
	"math/rand/v2"
	"slices"
)

const (
	varimaxStarts = 8     // starting rotations for varimax: the basis as it is and seven random ones
	pairSweeps    = 100   // most passes over all pairs; about ten are needed
	leastTurn     = 1e-12 // angle in radians below which a pair counts as converged
)

// Sparsest returns the best of several varimax rotations of rows.
func Sparsest(rows [][]float64) [][]float64 {
	rng := rand.New(rand.NewPCG(1958, 0))
	var best [][]float64
	var most float64
	for start := range varimaxStarts {
		try := cloneRows(rows)
		if start > 0 {
			shuffleRows(try, rng)
		}
		varimax(try)
		// Require more than a rounding error of a later start, or chance
		// would decide among equals.
		if q := quartic(try); q > most+1e-9 {
			best, most = try, q
		}
	}
	return best
}

// shuffleRows rotates every pair of rows by a random angle.
func shuffleRows(rows [][]float64, rng *rand.Rand) {
	eachPair(rows, func(x, y []float64) { TurnPair(x, y, 2*math.Pi*rng.Float64()) })
}

// varimax rotates pair after pair to its own maximum until none of them
// moves.
func varimax(rows [][]float64) {
	for range pairSweeps {
		var widest float64
		eachPair(rows, func(x, y []float64) {
			θ := varimaxAngle(x, y)
			TurnPair(x, y, θ)
			widest = max(widest, math.Abs(θ))
		})
		if widest < leastTurn {
			return
		}
	}
}

// varimaxAngle returns the rotation angle θ in (−π/4, π/4] that maximises Σ
// x′⁴ + y′⁴, from tan 4θ = 2Σuv / Σ(u² − v²) with u = x² − y², v = 2xy. It is
// 0 if all angles are equally good.
func varimaxAngle(x, y []float64) float64 {
	var sine, cosine float64
	for i := range x {
		u, v := x[i]*x[i]-y[i]*y[i], 2*x[i]*y[i]
		sine += 2 * u * v
		cosine += u*u - v*v
	}
	if math.Hypot(sine, cosine) < 1e-12 {
		return 0
	}
	return math.Atan2(sine, cosine) / 4
}

// TurnPair replaces x by x cos θ + y sin θ and y by y cos θ − x sin θ.
func TurnPair(x, y []float64, θ float64) {
	s, c := math.Sincos(θ)
	for i := range x {
		x[i], y[i] = c*x[i]+s*y[i], c*y[i]-s*x[i]
	}
}

// eachPair calls f with each pair of rows.
func eachPair(rows [][]float64, f func(x, y []float64)) {
	for i, x := range rows {
		for _, y := range rows[i+1:] {
			f(x, y)
		}
	}
}

// quartic returns Σ x⁴ over all entries.
func quartic(rows [][]float64) float64 {
	var sum float64
	for _, row := range rows {
		for _, v := range row {
			sum += v * v * v * v
		}
	}
	return sum
}

func cloneRows(rows [][]float64) [][]float64 {
	out := make([][]float64, len(rows))
	for i, row := range rows {
		out[i] = slices.Clone(row)
	}
	return out
}
