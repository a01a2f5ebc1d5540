package rep

import (
	"cmp"
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/lie/internal/dense"
)

// label is an irreducible representation, as the eigenvalue λ of a Casimir element tells it. An
// eigenvalue that is not real stands for a conjugate pair.
type label struct {
	weight [2]float64
	rank   int // number of entries of weight that count
	dim    int
	λ      complex128
}

// notWhole is the distance of a spin, a frequency or a Casimir element from one that occurs, from
// which on it is none.
const notWhole = .05

func (l label) compare(m label) int {
	return cmp.Or(cmp.Compare(l.weight[0], m.weight[0]), cmp.Compare(l.weight[1], m.weight[1]))
}

// label returns the representation that is nearest to an eigenvalue, and its distance.
func (c *Content) label(λ complex128) (l label, off float64) {
	switch c.Of {
	case "so(2)":
		return frequencyLabel(λ, c.period)
	case "so(1,3)":
		return pairLabel(λ)
	case "so(3)", "su(2)", "sl(2)":
		j := spinFrom(real(λ))
		spin := nearestSpin(j)
		return label{weight: [2]float64{spin}, rank: 1, dim: int(2*spin + 1), λ: complex(spin*(spin+1), 0)}, max(math.Abs(j-spin), math.Abs(imag(λ)))
	}
	return rootLabel(λ)
}

// spinFrom returns j for j(j+1).
func spinFrom(casimir float64) float64 { return (math.Sqrt(max(0, 1+4*casimir)) - 1) / 2 }

// nearestSpin returns the nearest whole or half-integer number that is not negative.
func nearestSpin(j float64) float64 { return math.Abs(math.Round(2*max(0, j)) / 2) } // never −0

// frequencyLabel reads m² of so(2). If inputs return after some turns, so do functions of them, so that
// m is a whole number divided by these.
func frequencyLabel(λ complex128, turns int) (l label, off float64) {
	m := math.Sqrt(max(0, real(λ)))
	best := math.Round(float64(turns)*m) / float64(turns)
	off = math.Abs(best - m)
	l = label{weight: [2]float64{best}, rank: 1, dim: 2, λ: complex(best*best, 0)}
	if best == 0 {
		l.dim = 1
	}
	return l, max(off, math.Abs(imag(λ)))
}

// pairLabel reads a + b ± i(a − b), a = j₁(j₁+1) and b = j₂(j₂+1), of so(1,3).
func pairLabel(λ complex128) (label, float64) {
	sum, difference := real(λ), math.Abs(imag(λ))
	j, k := spinFrom((sum+difference)/2), spinFrom((sum-difference)/2)
	first, second := nearestSpin(j), nearestSpin(k)
	a, b := first*(first+1), second*(second+1)
	l := label{weight: [2]float64{first, second}, rank: 2, dim: int((2*first + 1) * (2*second + 1)), λ: complex(a+b, a-b)}
	if first != second {
		l.dim *= 2
	}
	return l, max(math.Abs(j-first), math.Abs(k-second))
}

// largestWeight of sp(4) is that of representations of less than 84 dimensions, which their Casimir
// elements tell apart.
const largestWeight = 5

// rootLabel reads l₁(l₁+4) + l₂(l₂+2) of sp(4). The dimension is Weyl's.
func rootLabel(λ complex128) (best label, off float64) {
	off = math.Inf(1)
	for first := range largestWeight + 1 {
		for second := range first + 1 {
			casimir := float64(first*(first+4) + second*(second+2))
			away := max(math.Abs(real(λ)-casimir), math.Abs(imag(λ))) / max(1, math.Sqrt(casimir))
			m, n := first+2, second+1
			if away < off {
				best, off = label{weight: [2]float64{float64(first), float64(second)}, rank: 2, dim: m * n * (m*m - n*n) / 6, λ: complex(casimir, 0)}, away
			}
		}
	}
	return best, off
}

// nameOf writes a representation: its spin; pairs of spins, such as "(1,1)" or "[(1,0) ⊕ (0,1)]"; or,
// for sp(4), its dimension.
func (c *Content) nameOf(l label) string {
	first, second := spinText(l.weight[0]), spinText(l.weight[1])
	switch {
	case l.rank == 1:
		return first
	case c.Of != "so(1,3)":
		return fmt.Sprint(l.dim)
	case first == second:
		return fmt.Sprintf("(%s,%s)", first, second)
	}
	return fmt.Sprintf("[(%s,%s) ⊕ (%[2]s,%[1]s)]", first, second)
}

// space returns the eigenspace of a Casimir element, an orthonormal basis of count columns: of its
// smallest singular values beside the eigenvalue.
func (l label) space(casimir *mat.Dense, count int) *mat.Dense {
	off := mat.DenseCopyOf(casimir)
	dense.AddIdentity(off, -real(l.λ))
	if d := imag(l.λ); d != 0 {
		off = dense.Mul(off, off)
		dense.AddIdentity(off, d*d)
	}
	var svd mat.SVD
	if !svd.Factorize(off, mat.SVDFull) {
		panic(dense.Failure("singular values of the Casimir element"))
	}
	var v mat.Dense
	svd.VTo(&v)
	return dense.Columns(&v, dense.Width(&v)-count, dense.Width(&v))
}

// spinText writes whole and half-integer numbers: 2, 3/2.
func spinText(j float64) string {
	if math.Mod(2*j, 2) == 1 {
		return fmt.Sprintf("%.0f/2", 2*j)
	}
	return fmt.Sprintf("%.3g", j)
}
