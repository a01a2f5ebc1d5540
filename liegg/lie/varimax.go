package lie

import (
	"cmp"
	"math"
	"math/rand/v2"
	"slices"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"
)

const (
	varimaxStarts = 8     // starting rotations for varimax: the basis as it is and seven random ones
	pairSweeps    = 100   // most passes over all pairs; about ten are needed
	leastTurn     = 1e-12 // angle in radians below which a pair counts as converged
	nearEqual     = .9    // entries within this factor of the largest count as equally large, so that noise does not choose between them
)

// Sparse returns an orthonormal basis of the algebra with few large entries:
// a rotation of Basis, Dim matrices of unit Frobenius norm. It is found by
// varimax (Kaiser, Psychometrika 23, 1958), which for orthonormal matrices
// maximises Σ_k Σ_ij (H_k)_ij⁴, taking the best of several fixed starts. A
// second step lowers Σ |(H_k)_ij|, which also decides where varimax is flat,
// for example among diagonal matrices of trace zero.
//
// The first of each matrix's largest entries, read row by row, is positive,
// and the matrices are sorted by its position. The result is deterministic.
// For a scrambled so(n) Sparse recovers (E_ij − E_ji)/√2, for gl(n) E_ij. For
// an algebra without a sparse basis it returns some orthonormal one.
func Sparse(a Algebra) []*mat.Dense {
	if a.Dim() == 0 {
		return nil
	}
	rows := sparsest(a.rows())
	lowerL1(rows)
	out := make([]*mat.Dense, len(rows))
	for k, row := range rows {
		if row[leadingEntry(row)] < 0 {
			floats.Scale(-1, row)
		}
		out[k] = mat.NewDense(a.n, a.n, row)
	}
	slices.SortStableFunc(out, func(x, y *mat.Dense) int {
		return cmp.Compare(leadingEntry(x.RawMatrix().Data), leadingEntry(y.RawMatrix().Data))
	})
	return out
}

// rows returns the basis matrices as vectors, row by row: Dim of length n².
func (a Algebra) rows() [][]float64 {
	out := make([][]float64, len(a.basis))
	for k, e := range a.basis {
		out[k] = slices.Clone(mat.DenseCopyOf(e).RawMatrix().Data)
	}
	return out
}

// leadingEntry returns the index of the first of the largest entries.
func leadingEntry(row []float64) int {
	least := nearEqual * floats.Norm(row, math.Inf(1))
	return slices.IndexFunc(row, func(v float64) bool { return math.Abs(v) >= least })
}

// sparsest returns the best of several varimax rotations of rows.
func sparsest(rows [][]float64) [][]float64 {
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
	eachPair(rows, func(x, y []float64) { turnPair(x, y, 2*math.Pi*rng.Float64()) })
}

// varimax rotates pair after pair to its own maximum until none of them
// moves.
func varimax(rows [][]float64) {
	for range pairSweeps {
		var widest float64
		eachPair(rows, func(x, y []float64) {
			θ := varimaxAngle(x, y)
			turnPair(x, y, θ)
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

// turnPair replaces x by x cos θ + y sin θ and y by y cos θ − x sin θ.
func turnPair(x, y []float64, θ float64) {
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
