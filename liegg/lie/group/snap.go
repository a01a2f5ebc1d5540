package group

import (
	"math"

	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/lie/internal/dense"
)

// withSpectrum returns a function X of h, near h, with p(X) = 0 for p(x) =
// Π(x² + ω²), times x if some coordinates stand still. All roots of p are
// simple, so X is semisimple. Newton's method, X ← X − p′(X)⁻¹p(X), needs no
// eigenvectors and is not disturbed by equal eigenvalues. ok is false if it
// does not converge.
func withSpectrum(h *mat.Dense, frequencies []Frequency, still bool) (x *mat.Dense, ok bool) {
	n, _ := h.Dims()
	x = mat.DenseCopyOf(h)
	for range 60 {
		p, slope := annihilator(x, frequencies, still)
		var step mat.Dense
		if err := step.Solve(slope, p); err != nil {
			return nil, false
		}
		x.Sub(x, &step)
		if mat.Norm(&step, 2) < 1e-9*mat.Norm(x, 2) { // the next step would be its square
			if mat.Norm(h.RowView(n-1), 2) == 0 {
				x.SetRow(n-1, make([]float64, n)) // exact for affine maps
			}
			return x, true
		}
	}
	return nil, false
}

// annihilator returns p(x) and p′(x), built up factor by factor.
func annihilator(x *mat.Dense, frequencies []Frequency, still bool) (p, slope *mat.Dense) {
	n, _ := x.Dims()
	p, slope = mat.NewDense(n, n, nil), mat.NewDense(n, n, nil)
	dense.AddIdentity(p, 1)
	times := func(factor, derivative mat.Matrix) {
		var a, b mat.Dense
		a.Mul(slope, factor)
		b.Mul(p, derivative)
		slope.Add(&a, &b)
		p.Mul(p, factor)
	}
	if still {
		times(mat.DenseCopyOf(x), mat.DenseCopyOf(p))
	}
	for _, f := range frequencies {
		var square, twice mat.Dense
		square.Mul(x, x)
		dense.AddIdentity(&square, f.Value*f.Value)
		twice.Scale(2, x)
		times(&square, &twice)
	}
	return p, slope
}

// separation estimates the distance from x to the nearest matrix that is not
// semisimple: the minimum of gap/κ over its eigenvalues iω, with gap the
// distance to the other eigenvalues and κ the norm of the spectral projector
// (Demmel, Numer. Math. 51, 1987). For example, the eigenvalues ±√ε of [0 1;
// ε 0] have a separation of 4ε.
func separation(x *mat.Dense, frequencies []Frequency, still bool) float64 {
	least := math.Inf(1)
	for k := range frequencies {
		least = math.Min(least, spectralGap(k, frequencies, still)/projectorSize(x, k, frequencies, still))
	}
	return least
}

// spectralGap returns the distance of iω_k from the other eigenvalues.
func spectralGap(k int, frequencies []Frequency, still bool) float64 {
	ω := frequencies[k].Value
	least := 2 * ω
	if still {
		least = ω
	}
	for j, other := range frequencies {
		if j != k {
			least = math.Min(least, math.Abs(ω-other.Value))
		}
	}
	return least
}

// projectorSize returns the Frobenius norm of the projector ½(1 − iX/ω)P on
// the eigenspace of iω_k, relative to an orthogonal projector. P projects on
// the eigenspaces of ±iω_k: it is the product of the other factors of p over
// their values there.
func projectorSize(x *mat.Dense, k int, frequencies []Frequency, still bool) float64 {
	ω := frequencies[k].Value
	n, _ := x.Dims()
	p := mat.NewDense(n, n, nil)
	dense.AddIdentity(p, 1)
	var square mat.Dense
	square.Mul(x, x)
	if still {
		p.Mul(p, &square)
		p.Scale(-1/(ω*ω), p)
	}
	for j, other := range frequencies {
		if j != k {
			factor := mat.DenseCopyOf(&square)
			dense.AddIdentity(factor, other.Value*other.Value)
			p.Mul(p, factor)
			p.Scale(1/(other.Value*other.Value-ω*ω), p)
		}
	}
	var turned mat.Dense
	turned.Mul(x, p)
	return math.Hypot(mat.Norm(p, 2), mat.Norm(&turned, 2)/ω) / 2 / math.Sqrt(mat.Trace(p)/2)
}
