package classification

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/internal/linalg"
	"github.com/liegg/lab/liegg/lie/internal/check"
	"github.com/liegg/lab/liegg/lie/internal/dense"
)

// Frame returns a change of coordinates x ↦ q·x that brings the form to
// standard form up to a positive factor, Q ∝ qᵀ·S·q. S is diag(1, …, 1, −1,
// …, −1) for a symmetric form, plus signs first, and Ω = [0 I; −I 0] for an
// antisymmetric one. If an algebra a leaves the form invariant,
// a.Conjugate(q) lies in the so(p,q) or sp(2n,R) that SOpq and Sp return. Of
// the many such q Frame picks one near the identity, with determinant ±1.
//
// The error wraps ErrDegenerate if Q has a nullspace.
func (f Form) Frame() (*mat.Dense, error) {
	if n := check.Square("Frame: Q", f.Q); f.Signature.Zero > 0 {
		return nil, fmt.Errorf("%w: %d of its %d dimensions are null: take the algebra on the other %d, or another form",
			ErrDegenerate, f.Signature.Zero, n, n-f.Signature.Zero)
	}
	f.Q = dense.WithoutExponent(f.Q)
	q := f.symplecticFrame
	if f.Symmetric {
		q = f.metricFrame
	}
	return unimodular(q()), nil
}

// metricFrame returns |Λ|^½·Uᵀ from Q = U·Λ·Uᵀ, positive eigenvalues first,
// with both blocks rotated towards the identity.
func (f Form) metricFrame() *mat.Dense {
	n, p := check.Square("Frame: Q", f.Q), f.Signature.Plus
	values, u := dense.EigenSym(linalg.SymmetricPart(f.Q)) // ascending: negative first
	q := mat.NewDense(n, n, nil)
	for i := range n {
		k := (i + n - p) % n
		for j := range n {
			q.Set(i, j, math.Sqrt(math.Abs(values[k]))*u.At(j, k))
		}
	}
	turnTowardsIdentity(q, 0, p)
	turnTowardsIdentity(q, p, n)
	return q
}

// turnTowardsIdentity rotates the rows from…to of q among each other to
// maximise their trace, by the orthogonal polar factor of the diagonal block.
func turnTowardsIdentity(q *mat.Dense, from, to int) {
	if from == to {
		return
	}
	n, _ := q.Dims()
	var svd mat.SVD
	if !svd.Factorize(q.Slice(from, to, from, to), mat.SVDFull) {
		return // the frame is as good without the rotation
	}
	var u, v, turn, rows mat.Dense
	svd.UTo(&u)
	svd.VTo(&v)
	turn.Mul(&v, u.T())
	rows.Mul(&turn, q.Slice(from, to, 0, n))
	q.Slice(from, to, 0, n).(*mat.Dense).Copy(&rows)
}

// symplecticFrame picks pairs u, w that maximise ω = uᵀQw, one after the
// other, and scales them: Q = Σ ω(u·wᵀ − w·uᵀ).
func (f Form) symplecticFrame() *mat.Dense {
	n := check.Square("Frame: Q", f.Q)
	rest, q := mat.DenseCopyOf(f.Q), mat.NewDense(n, n, nil)
	for i := range n / 2 {
		var square mat.Dense
		square.Mul(rest, rest.T())
		_, vectors := dense.EigenSym(linalg.SymmetricPart(&square))
		u := mat.NewVecDense(n, mat.Col(nil, n-1, vectors))
		w := mat.NewVecDense(n, nil)
		w.MulVec(rest.T(), u)
		ω := mat.Norm(w, 2)
		w.ScaleVec(1/ω, w)
		for k := range n {
			q.Set(i, k, math.Sqrt(ω)*u.AtVec(k))
			q.Set(n/2+i, k, math.Sqrt(ω)*w.AtVec(k))
		}
		var pair mat.Dense
		pair.Outer(ω, u, w)
		rest.Sub(rest, &pair)
		rest.Add(rest, pair.T())
	}
	return q
}

// unimodular scales q to determinant ±1.
func unimodular(q *mat.Dense) *mat.Dense {
	n, _ := q.Dims()
	log, _ := mat.LogDet(q)
	q.Scale(math.Exp(-log/float64(n)), q)
	return q
}
