package lie

import (
	"fmt"

	"github.com/liegg/lab/liegg/internal/symmetric"
	"gonum.org/v1/gonum/mat"
)

// Companion is one matrix of a component that a Lie algebra does not reach:
// exp of the algebra holds the component of the identity only. Whether a
// function keeps its value under x ↦ G·x must be tried for each.
type Companion struct {
	Name string     // what G does, such as "reflection of a plus axis"
	G    *mat.Dense // n×n
	Det  float64    // the determinant of G, 1 or −1
	Sign int        // GᵀQG = Sign·Q for the form Q it was made from; 0 without a form
}

// formLimit is the least |eigenvalue| of a form of unit norm, and the largest
// part of the wrong symmetry, that Companions works with.
const formLimit = .01

// Companions returns one matrix for each other component of the isometry group
// of the form q, GᵀqG = q. A definite symmetric form, of O(n), has one, a
// reflection; one of signature (p,q), of O(p,q), has three: reflections of a
// plus axis, of a minus axis, and of both. Plus and minus are the signs of q,
// which as a nullspace vector may come with either sign. An antisymmetric form
// has none, for Sp(2n,R) is connected; instead the anti-symplectic map with
// GᵀqG = −q is returned, of Sign −1, which normalises sp(2n,R) too.
//
// G holds for q itself, noise included. Axes are coordinate axes where these
// serve, else eigenvectors of q.
//
// An error is returned if q is neither symmetric nor antisymmetric to 1 % of
// its norm, or if it is degenerate, its smallest |eigenvalue| below 1 % of its
// norm. Companions panics if q is not square or holds NaN or Inf.
func Companions(q *mat.Dense) ([]Companion, error) {
	n := size("Companions", q)
	q = withoutExponent(q)
	symmetric, skew := symmetryParts(q)
	norm := mat.Norm(q, 2)
	switch {
	case norm == 0:
		return nil, fmt.Errorf("lie: companions: the form is zero: take one of the invariant forms")
	case mat.Norm(skew, 2) <= formLimit*norm:
		if least := leastSingular(symmetric); least < formLimit*norm {
			return nil, degenerateForm(least/norm, n)
		}
		return reflections(symmetric), nil
	case mat.Norm(symmetric, 2) <= formLimit*norm:
		if least := leastSingular(skew); least < formLimit*norm {
			return nil, degenerateForm(least/norm, n)
		}
		return []Companion{antiSymplectic(skew)}, nil
	}
	return nil, fmt.Errorf("lie: companions: the %d×%d form is neither symmetric nor antisymmetric (parts of %s and %s of its norm): take (q + qᵀ)/2 and (q − qᵀ)/2, each is invariant where q is",
		n, n, twoDigits(mat.Norm(symmetric, 2)/norm), twoDigits(mat.Norm(skew, 2)/norm))
}

func degenerateForm(least float64, n int) error {
	return fmt.Errorf("lie: companions: the %d×%d form is degenerate (smallest |eigenvalue| %s of its norm): add another invariant form to it, or restrict it to the directions that it measures",
		n, n, twoDigits(least))
}

// symmetryParts returns (q + qᵀ)/2 and (q − qᵀ)/2.
func symmetryParts(q *mat.Dense) (symmetric, skew *mat.Dense) {
	symmetric, skew = new(mat.Dense), new(mat.Dense)
	symmetric.Add(q, q.T())
	symmetric.Scale(.5, symmetric)
	skew.Sub(q, q.T())
	skew.Scale(.5, skew)
	return symmetric, skew
}

func leastSingular(m *mat.Dense) float64 {
	s := singularValues(m)
	return s[len(s)-1]
}

// reflections returns the companions of a symmetric form.
func reflections(q *mat.Dense) []Companion {
	plus, minus := reflection(q, 1), reflection(q, -1)
	switch {
	case minus == nil:
		return []Companion{{"reflection", plus, -1, 1}}
	case plus == nil:
		return []Companion{{"reflection", minus, -1, 1}}
	}
	var both mat.Dense
	both.Mul(plus, minus)
	return []Companion{
		{"reflection of a plus axis", plus, -1, 1},
		{"reflection of a minus axis", minus, -1, 1},
		{"reflection of a plus and a minus axis", &both, 1, 1},
	}
}

// reflection returns 1 − 2vvᵀq/(vᵀqv), which takes v to −v and leaves what is
// q-orthogonal to it, for an axis v with vᵀqv of the sign; nil without any.
func reflection(q *mat.Dense, sign float64) *mat.Dense {
	v := reflectionAxis(q, sign)
	if v == nil {
		return nil
	}
	n, _ := q.Dims()
	var qv mat.VecDense
	qv.MulVec(q, v)
	g := mat.NewDense(n, n, nil)
	g.Outer(-2/mat.Dot(v, &qv), v, &qv)
	addIdentity(g, 1)
	return g
}

// reflectionAxis returns the coordinate axis of largest sign·q_ii, or the
// eigenvector of largest sign·λ if that of the axis is less than half as large;
// nil if no eigenvalue has the sign.
func reflectionAxis(q *mat.Dense, sign float64) *mat.VecDense {
	n, _ := q.Dims()
	var eigen mat.EigenSym
	if !eigen.Factorize(symmetric.Part(q), true) {
		panic("lie: the eigenvalues of the form did not converge")
	}
	at := 0 // they ascend
	if sign > 0 {
		at = n - 1
	}
	λ := sign * eigen.Values(nil)[at]
	if λ <= 0 {
		return nil
	}
	best := 0
	for i := range n {
		if sign*q.At(i, i) > sign*q.At(best, best) {
			best = i
		}
	}
	v := mat.NewVecDense(n, nil)
	if sign*q.At(best, best) >= λ/2 {
		v.SetVec(best, 1)
		return v
	}
	var vectors mat.Dense
	eigen.VectorsTo(&vectors)
	v.CopyVec(vectors.ColView(at))
	return v
}
