package spaces

import (
	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/internal/failure"
	"github.com/liegg/lab/liegg/internal/linalg"
)

// leastCosine is the cosine of the largest angle between a velocity along the gradients and its
// counterpart in the plane of the data. Beyond it there is no counterpart: it would be ten times as long.
const leastCosine = .1

// Kept returns a projector K, n×n. The function responds alike to all velocities with the same P_U·v,
// where U is the span of the gradients. Of these, K·v is the one that keeps the data within the plane in
// which they lie, if there is one. p is P_U, n×n, and q is P_X, the projector on the span X of the data.
// The directions V of the plane are X, or for affine maps the part of X with a last coordinate of 0.
//
// K = (P_U·P_V)⁺ + P_U − P, where P is the projector on P_U·V. The first term takes P_U·V to the part of
// V that is orthogonal to V ∩ U^⊥. The rest of U, whose velocities have no counterpart in the plane, stays
// as it is. So K is the oblique projector along U^⊥ with K² = K, P_U·K = P_U and K·P_U = K. If V is the
// whole space, K = P_U. The pseudoinverse, and what is orthogonal, are those in the units of the data's
// coordinates. Kept returns an error if the singular values cannot be computed.
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
	for i, cosine := range svd.Values(nil) {
		if cosine < leastCosine {
			break
		}
		l := left.ColView(i)
		k.RankOne(k, 1/cosine, right.ColView(i), l)
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

// directions returns the projector, n×n, on the vectors of X whose last coordinate is 0, if vectors have
// n + 1 coordinates, and on X if they have n. q is the orthogonal projector on X.
func directions(q *mat.Dense, n int) *mat.Dense {
	v := mat.DenseCopyOf(q.Slice(0, n, 0, n))
	if size, _ := q.Dims(); size > n {
		constant := mat.NewVecDense(n, mat.Col(nil, n, q)[:n])
		v.RankOne(v, -1/q.At(n, n), constant, constant)
	}
	return v
}
