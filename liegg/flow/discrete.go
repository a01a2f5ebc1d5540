package flow

import (
	"fmt"
	"strings"

	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/lie/classification"
	"github.com/liegg/lab/liegg/lie/group"
	"github.com/liegg/lab/liegg/network"
)

// Components are finite transformations outside the identity component of the group that
// preserves a form Q. A Lie algebra cannot see them.
type Components struct {
	// Form is the invariant form Q.
	Form classification.Form
	// Maps are the tests of group.ComponentRepresentatives(Q): one representative of each
	// further component of O(p,q), or the anti-symplectic map for Sp(2n,R).
	Maps []*MapResult
}

// TestComponents asks which components of the group of an invariant form Q the network
// respects: O(5) or only SO(5)? Q satisfies HᵀQ + QH = 0 for all generators H. Forms come
// from classification.Identity. Q is n×n for vectors of Rⁿ, even if the action is affine. Once the
// algebra is known to be respected, one representative decides for its whole component.
//
// With an action.Equivariance, Q is a form of the inputs. The algebra does not say how a
// reflection moves outputs: vectors are reflected, but axial vectors, which rotate in the same
// way, are not. So the matrix of the outputs is found on half of the inputs, as TestMap does
// with free factors, whatever representation was declared.
//
// TestComponents returns the errors of Along and of group.ComponentRepresentatives. One of
// these says that Q is degenerate: its kernel leaves the components open. It panics if Q does
// not have the size of the action.
func TestComponents(n *network.Network, a action.Action, form classification.Form, inputs network.Inputs, s Settings) (*Components, error) {
	s = s.withDefaults()
	representatives, err := group.ComponentRepresentatives(form.Q)
	if err != nil {
		return nil, err
	}
	var maps []Map
	for _, g := range representatives {
		maps = append(maps, Map{Name: g.Name, G: mustBeMap(a, g.G)}) // panic before the long work, not after it
	}
	c := &Components{Form: form}
	if _, ok := a.(action.Equivariance); ok {
		c.Maps, err = findOutputs(n, a, maps, inputs, s)
	} else {
		c.Maps, err = judgeMaps(n, a, maps, inputs, s)
	}
	if err != nil {
		return nil, err
	}
	return c, nil
}

// Group returns the name of the group that the network respects, such as "O(5)", "SO(5)",
// "O(1,3)" or "Sp(4,R)". It is "undetermined" if a test is.
func (c *Components) Group() string {
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
	case !c.Form.Symmetric && invariant > 0:
		return c.name() + " and the anti-symplectic map"
	case !c.Form.Symmetric || invariant == len(c.Maps):
		return c.name()
	case len(c.Maps) == 1:
		return "S" + c.name()
	case invariant == 0:
		return "identity component of " + c.name()
	case invariant > 1: // two components, but not their product
		return "undetermined"
	case c.Maps[2].Verdict == Invariant:
		return "S" + c.name()
	case c.Maps[0].Verdict == Invariant:
		return c.name() + " without reflections of minus axes"
	}
	return c.name() + " without reflections of plus axes"
}

// name returns the name of the whole group of the form.
func (c *Components) name() string {
	n, _ := c.Form.Q.Dims()
	plus, minus := c.Form.Signature.Plus, c.Form.Signature.Minus
	switch {
	case !c.Form.Symmetric:
		return fmt.Sprintf("Sp(%d,R)", n)
	case plus == 0 || minus == 0:
		return fmt.Sprintf("O(%d)", n)
	}
	return fmt.Sprintf("O(%d,%d)", plus, minus)
}

// String names the group and lists the tests.
func (c *Components) String() string {
	lines := []string{"components of the group: " + c.Group()}
	for _, r := range c.Maps {
		lines = append(lines, r.String())
	}
	return strings.Join(lines, "\n")
}
