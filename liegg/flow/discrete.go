package flow

import (
	"fmt"
	"strings"

	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/network"
)

// Companions are finite transformations beside the identity component of the group
// that preserves a symmetric form Q: what a Lie algebra cannot see.
type Companions struct {
	// P and M are the signature of Q, the numbers of plus and of minus signs.
	P, M int
	// Maps are the tests of one representative of each further component of O(p,m):
	// a reflection along an axis of Q of each sign that occurs, and, where both do,
	// the two together. The identity component preserves the orientations of both
	// kinds of axes.
	Maps []*MapResult
}

// TestCompanions asks which components of the group O(p,m) of an invariant
// symmetric form Q, HᵀQ + QH = 0 for all generators H, the network respects: O(5) or
// only SO(5)? Q is n×n for vectors of Rⁿ, also where the action is affine. A
// representative of a component decides for all of it, once the algebra is known to
// be respected. Errors are those of Along, and a Q that is degenerate: its kernel
// leaves the components open. It panics where Q is of another size than the action.
func TestCompanions(n *network.Network, a action.Action, q *mat.SymDense, inputs network.Inputs, s Settings) (*Companions, error) {
	s = s.withDefaults()
	plus, minus, err := axes(q)
	if err != nil {
		return nil, err
	}
	maps := representatives(plus, minus)
	for _, g := range maps {
		fittingMap(a, g.G) // panics before long work, not after
	}
	e, err := hold(n, a, inputs, s)
	if err != nil {
		return nil, err
	}
	defer e.finalize()
	c := &Companions{P: len(plus), M: len(minus)}
	for _, g := range maps {
		r, err := e.judgeMap(Map{g.Name, fittingMap(a, g.G)})
		if err != nil {
			return nil, err
		}
		c.Maps = append(c.Maps, r)
	}
	return c, nil
}

// axes are orthonormal eigenvectors of a form, by the sign of their eigenvalues,
// those of the largest first.
func axes(q *mat.SymDense) (plus, minus []*mat.VecDense, err error) {
	var eigen mat.EigenSym
	if q == nil || q.SymmetricDim() == 0 || !eigen.Factorize(q, true) {
		panic("flow: q must be a finite symmetric form")
	}
	λ := eigen.Values(nil)
	var v mat.Dense
	eigen.VectorsTo(&v)
	n := len(λ)
	largest := max(-λ[0], λ[n-1])
	for i := range n {
		axis := mat.VecDenseCopyOf(v.ColView(i))
		switch {
		case λ[i] > 1e-6*largest:
			plus = append([]*mat.VecDense{axis}, plus...)
		case λ[i] < -1e-6*largest:
			minus = append(minus, axis)
		default:
			return nil, nil, fmt.Errorf("flow: the form is degenerate, with eigenvalues %.2g: restrict the data to where it is not", λ)
		}
	}
	return plus, minus, nil
}

// representatives are one map of each component of O(p,m) but that of 1.
func representatives(plus, minus []*mat.VecDense) []Map {
	switch {
	case len(minus) == 0:
		return []Map{{"reflection", reflected(plus[0])}}
	case len(plus) == 0:
		return []Map{{"reflection", reflected(minus[0])}}
	}
	both := new(mat.Dense)
	both.Mul(reflected(plus[0]), reflected(minus[0]))
	return []Map{
		{"reflection of a + axis", reflected(plus[0])},
		{"reflection of a − axis", reflected(minus[0])},
		{"both reflections", both},
	}
}

// reflected is 1 − 2vvᵀ, which preserves every form with the unit eigenvector v.
func reflected(v *mat.VecDense) *mat.Dense {
	g := identity(v.Len())
	g.RankOne(g, -2, v, v)
	return g
}

// Group is the name of the group that the network respects, such as "O(5)",
// "SO(5)" or "O(1,3)"; "undetermined" where a test is.
func (c *Companions) Group() string {
	name := fmt.Sprintf("O(%d,%d)", c.P, c.M)
	if c.P == 0 || c.M == 0 {
		name = fmt.Sprintf("O(%d)", c.P+c.M)
	}
	invariant := 0
	for _, r := range c.Maps {
		switch r.Verdict {
		case Undetermined:
			return "undetermined"
		case Invariant:
			invariant++
		}
	}
	switch {
	case invariant == len(c.Maps):
		return name
	case len(c.Maps) == 1:
		return "S" + name
	case invariant == 0:
		return "identity component of " + name
	case invariant > 1: // two components without their product
		return "undetermined"
	case c.Maps[2].Verdict == Invariant:
		return "S" + name
	case c.Maps[0].Verdict == Invariant:
		return name + " without reflections of − axes"
	}
	return name + " without reflections of + axes"
}

// String is the group and the tests.
func (c *Companions) String() string {
	lines := []string{"discrete companions: " + c.Group()}
	for _, r := range c.Maps {
		lines = append(lines, r.String())
	}
	return strings.Join(lines, "\n")
}
