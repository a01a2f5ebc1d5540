package spaces

import (
	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/internal/failure"
	"github.com/liegg/lab/liegg/internal/linalg"
)

// Leaves is the sine of the angle between the gradients and the plane of the data below which a
// velocity along the gradients has no counterpart in the plane: it would be ten times as long.
const Leaves = .1

// Kept returns the n×n matrix K that chooses among velocities v to which the function responds alike,
// those with the same P_U·v: one that keeps the data within the plane in which they lie, if there is
// one. p is P_U, n×n, the projector on the span of the gradients, and q is P_X, on the span of the data.
// The plane's directions V are X, or for affine maps the part of X with a last coordinate of 0.
//
// K = (P_U·P_V)⁺ + P_U − P, where P is the projector on P_U·V. The first term maps P_U·V to V ⊖ U^⊥, and
// the rest of U, in which no velocity has a counterpart in the plane, stays where it is. K is the oblique
// projector along U^⊥: K² = K, P_U·K = P_U and K·P_U = K. If V is the whole space, K = P_U.
func (m *Moments) Kept(p, q *mat.Dense) (*mat.Dense, error) {
	n, _ := p.Dims()
	if size, _ := q.Dims(); mat.Trace(q) > float64(size)-.5 {
		return p, nil // the data fill the space
	}
	units := m.units()
	u, v := rescaled(p, units, -1), directions(rescaled(q, units, -1), n)
	var svd mat.SVD
	if !svd.Factorize(linalg.Times(u, v), mat.SVDThin) {
		return nil, failure.ErrDecomposition
	}
	var left, right mat.Dense
	svd.UTo(&left)
	svd.VTo(&right)
	k := mat.DenseCopyOf(u)
	for i, sine := range svd.Values(nil) {
		if sine < Leaves {
			break
		}
		l := left.ColView(i)
		k.RankOne(k, 1/sine, right.ColView(i), l)
		k.RankOne(k, -1, l, l)
	}
	return rescaled(k, units, 1), nil
}

// rescaled returns D^power·a·D^−power for the diagonal matrix D of units; power is 1 or −1.
func rescaled(a *mat.Dense, units []float64, power int) *mat.Dense {
	s := mat.DenseCopyOf(a)
	s.Apply(func(i, j int, x float64) float64 {
		if power < 0 {
			i, j = j, i
		}
		return x * units[i] / units[j]
	}, s)
	return s
}

// directions returns the projector, n×n, on the vectors of X that have no coordinates beyond n, of which
// there is one or none. q is the orthogonal projector on X.
func directions(q *mat.Dense, n int) *mat.Dense {
	v := mat.DenseCopyOf(q.Slice(0, n, 0, n))
	if size, _ := q.Dims(); size > n {
		constant := mat.NewVecDense(n, mat.Col(nil, n, q)[:n])
		v.RankOne(v, -1/q.At(n, n), constant, constant)
	}
	return v
}
