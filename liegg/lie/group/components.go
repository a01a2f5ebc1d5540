package group

import (
	"fmt"

	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/internal/linalg"
	"github.com/liegg/lab/liegg/internal/spelling"
	"github.com/liegg/lab/liegg/lie"
	"github.com/liegg/lab/liegg/lie/internal/check"
	"github.com/liegg/lab/liegg/lie/internal/dense"
)

// Representative represents a component of a symmetry group other than the
// identity component, which is all that exp of the Lie algebra reaches.
// Whether a function is invariant under x ↦ G·x must be tested for each
// representative.
type Representative struct {
	Name string     // what G does, such as "reflection of a plus axis"
	G    *mat.Dense // n×n
	Det  float64    // the determinant of G, 1 or −1
	Sign int        // GᵀQG = Sign·Q for the form Q it was made from; 0 without a form
}

// formLimit is the smallest |eigenvalue| of a form of unit norm that
// ComponentRepresentatives accepts, and the largest part of the wrong symmetry.
const formLimit = .01

// ComponentRepresentatives returns one matrix for each other component of the isometry
// group of the form q, GᵀqG = q. A definite symmetric form (group O(n)) has
// one, a reflection. A symmetric form of signature (p,q), with group O(p,q),
// has three: reflections of a plus axis, of a minus axis, and of both. Plus
// and minus are the signs of q, which are arbitrary if q is a nullspace
// vector. An antisymmetric form has none, since Sp(2n,R) is connected; the
// anti-symplectic map with GᵀqG = −q, Sign −1, is returned instead, which
// also normalises sp(2n,R).
//
// G preserves q itself, noise included. Axes are coordinate axes if they are
// suitable, otherwise eigenvectors of q.
//
// ComponentRepresentatives returns an error if q is neither symmetric nor antisymmetric to
// 1 % of its norm, or if it is degenerate, with its smallest |eigenvalue|
// below 1 % of its norm. It panics if q is not square or holds NaN or Inf.
func ComponentRepresentatives(q *mat.Dense) ([]Representative, error) {
	n := check.Square("ComponentRepresentatives", q)
	q = dense.WithoutExponent(q)
	symmetric, skew := symmetryParts(q)
	norm := mat.Norm(q, 2)
	switch {
	case norm == 0:
		return nil, fmt.Errorf("lie: component representatives: the form is zero: take one of the invariant forms")
	case mat.Norm(skew, 2) <= formLimit*norm:
		if least := leastSingular(symmetric); least < formLimit*norm {
			return nil, degenerateForm(least/norm, n)
		}
		return reflections(symmetric), nil
	case mat.Norm(symmetric, 2) <= formLimit*norm:
		if least := leastSingular(skew); least < formLimit*norm {
			return nil, degenerateForm(least/norm, n)
		}
		return []Representative{antiSymplectic(skew)}, nil
	}
	return nil, fmt.Errorf("lie: component representatives: the %d×%d form is neither symmetric nor antisymmetric (parts of %s and %s of its norm): pass (q + qᵀ)/2 and (q − qᵀ)/2, which are both invariant if q is",
		n, n, spelling.TwoDigits(mat.Norm(symmetric, 2)/norm), spelling.TwoDigits(mat.Norm(skew, 2)/norm))
}

func degenerateForm(least float64, n int) error {
	return fmt.Errorf("lie: component representatives: the %d×%d form is degenerate (smallest |eigenvalue| %s of its norm): add another invariant form to it, or restrict it to the directions where it does not vanish",
		n, n, spelling.TwoDigits(least))
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
	s := dense.SingularValues(m)
	return s[len(s)-1]
}

// reflections returns the representatives of a symmetric form.
func reflections(q *mat.Dense) []Representative {
	plus, minus := reflection(q, 1), reflection(q, -1)
	switch {
	case minus == nil:
		return []Representative{{"reflection", plus, -1, 1}}
	case plus == nil:
		return []Representative{{"reflection", minus, -1, 1}}
	}
	var both mat.Dense
	both.Mul(plus, minus)
	return []Representative{
		{"reflection of a plus axis", plus, -1, 1},
		{"reflection of a minus axis", minus, -1, 1},
		{"reflection of a plus and a minus axis", &both, 1, 1},
	}
}

// reflection returns 1 − 2vvᵀq/(vᵀqv), which maps v to −v and fixes the
// q-orthogonal complement. The axis v has vᵀqv of the given sign; without
// such an axis reflection returns nil.
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
	dense.AddIdentity(g, 1)
	return g
}

// reflectionAxis returns the coordinate axis of largest sign·q_ii, or the
// eigenvector of largest sign·λ if the axis has less than half that value. It
// returns nil if no eigenvalue has the sign.
func reflectionAxis(q *mat.Dense, sign float64) *mat.VecDense {
	n, _ := q.Dims()
	var eigen mat.EigenSym
	if !eigen.Factorize(linalg.SymmetricPart(q), true) {
		panic("lie: the eigenvalues of the form did not converge")
	}
	at := 0 // eigenvalues are ascending
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

// String returns the name, the determinant, the sign of the form, and the
// matrix.
func (c Representative) String() string {
	text := fmt.Sprintf("%s, determinant %g", c.Name, c.Det)
	if c.Sign < 0 {
		text += ", takes the form to its negative"
	}
	if c.G == nil {
		return text
	}
	return text + "\n" + lie.FormatMatrix(c.G, 0)
}
