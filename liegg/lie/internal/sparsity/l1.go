package sparsity

import "math"

const (
	// soft is the entry size below which the L1 norm is rounded off to a
	// parabola, so that noise is averaged instead of forcing one noisy entry
	// to zero. Entries belong to matrices of unit norm.
	soft = .02
	// angleGrid is the number of angles in a quarter turn that are tried for
	// each pair.
	angleGrid = 24
	// worthwhile is the share of a pair's L1 norm that a rotation must save.
	worthwhile = 1e-9
)

// LowerL1 rotates pairs of orthonormal rows, each to the minimum of Σ √(x² +
// soft²), until no rotation helps.
func LowerL1(rows [][]float64) {
	for range pairSweeps {
		turned := false
		eachPair(rows, func(x, y []float64) {
			before, _ := softL1(x, y, 0)
			θ := l1Angle(x, y)
			if after, _ := softL1(x, y, θ); after < before*(1-worthwhile) {
				TurnPair(x, y, θ)
				turned = true
			}
		})
		if !turned {
			return
		}
	}
}

// l1Angle returns the best angle for a pair: the best of a grid over the
// quarter turn after which the norm repeats, refined by bisecting the slope.
func l1Angle(x, y []float64) float64 {
	const step = math.Pi / 2 / angleGrid
	best, least := 0.0, math.Inf(1)
	for i := range angleGrid {
		θ := step * float64(i-angleGrid/2)
		if v, _ := softL1(x, y, θ); v < least {
			best, least = θ, v
		}
	}
	lo, hi := best-step, best+step
	for range 50 {
		mid := (lo + hi) / 2
		if _, slope := softL1(x, y, mid); slope < 0 {
			lo = mid
		} else {
			hi = mid
		}
	}
	return (lo + hi) / 2
}

// softL1 returns Σ √(x′² + soft²) + √(y′² + soft²) of the pair rotated by θ,
// and its derivative in θ.
func softL1(x, y []float64, θ float64) (value, slope float64) {
	s, c := math.Sincos(θ)
	for i := range x {
		u, v := c*x[i]+s*y[i], c*y[i]-s*x[i]
		if u == 0 && v == 0 {
			continue
		}
		p, q := math.Sqrt(u*u+soft*soft), math.Sqrt(v*v+soft*soft)
		value += p + q
		slope += u * v * (1/p - 1/q)
	}
	return value, slope
}
