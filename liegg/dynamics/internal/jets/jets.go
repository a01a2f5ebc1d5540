// Package jets prolongs vector fields to the derivatives of functions.
package jets

import (
	"fmt"
	"slices"
	"strings"

	"github.com/liegg/lab/liegg/internal/monomial"
)

// Space has the independent variables, the dependent ones, and their derivatives up to an
// order as coordinates.
type Space struct {
	independent, dependent []string
	names                  []string // of all coordinates: x, t, u, u_x, u_t, u_xx, …
	component              []int    // of a coordinate: which dependent variable; −1 for independent ones
	index                  [][]int  // of a coordinate: how often it is differentiated by each independent variable
	at                     map[string]int
}

// New returns the space of derivatives up to an order. Names of independent variables have one letter.
func New(independent, dependent []string, order int) *Space {
	s := &Space{independent: independent, dependent: dependent, at: map[string]int{}}
	for i := range independent {
		s.add(independent[i], -1, nil)
	}
	list := monomial.List(len(independent), order)
	list = append(list[len(list)-1:], list[:len(list)-1]...) // u itself first
	for _, index := range list {
		for a := range dependent {
			s.add(s.derivativeName(a, index), a, index)
		}
	}
	return s
}

func (s *Space) add(name string, component int, index []int) {
	s.at[name] = len(s.names)
	s.names, s.component, s.index = append(s.names, name), append(s.component, component), append(s.index, index)
}

// derivativeName writes u_xxt.
func (s *Space) derivativeName(component int, index []int) string {
	name := s.dependent[component]
	if monomial.Degree(index) > 0 {
		name += "_"
	}
	for i, times := range index {
		name += strings.Repeat(s.independent[i], times)
	}
	return name
}

// indexOf reads derivatives such as "xxt", in any order.
func (s *Space) indexOf(letters string) ([]int, error) {
	index := make([]int, len(s.independent))
	for _, letter := range letters {
		i := slices.Index(s.independent, string(letter))
		if i < 0 {
			return nil, fmt.Errorf("dynamics: %q holds %q, which is none of the independent variables %q", letters, string(letter), s.independent)
		}
		index[i]++
	}
	return index, nil
}

// Find returns the place of a coordinate of at most the order of the space, such as u_xt. The letters of
// its derivatives may be in any order.
func (s *Space) Find(name string) (int, error) {
	base, letters, differentiated := strings.Cut(name, "_")
	a := slices.Index(s.dependent, base)
	if a < 0 || !differentiated {
		if i, ok := s.at[name]; ok {
			return i, nil
		}
		return 0, fmt.Errorf("dynamics: %q is neither a variable nor a derivative such as %s", name, s.derivativeName(0, append([]int{2}, make([]int, len(s.independent)-1)...)))
	}
	index, err := s.indexOf(letters)
	if err != nil {
		return 0, err
	}
	return s.at[s.derivativeName(a, index)], nil
}

// Name returns the name of a coordinate, such as u_xx.
func (s *Space) Name(c int) string { return s.names[c] }

// Size returns the number of coordinates.
func (s *Space) Size() int { return len(s.names) }

// differentiated returns the place of coordinate c differentiated by the i-th independent
// variable; false if its order is beyond the space.
func (s *Space) differentiated(c, i int) (int, bool) {
	index := slices.Clone(s.index[c])
	index[i]++
	at, ok := s.at[s.derivativeName(s.component[c], index)]
	return at, ok
}

// total returns the total derivative D_i P = ∂P/∂x_i + Σ u_{J,i} ∂P/∂u_J. P must not hold
// derivatives of the highest order.
func (s *Space) total(p monomial.Polynomial, i int) monomial.Polynomial {
	d := p.Derivative(i)
	for c := len(s.independent); c < s.Size(); c++ {
		if !p.Uses(c) {
			continue
		}
		next, ok := s.differentiated(c, i)
		if !ok {
			panic("dynamics: a total derivative leaves the jet space")
		}
		d = d.Plus(1, p.Derivative(c).Times(monomial.Variable(next, s.Size())))
	}
	return d
}

// Field is a candidate Σ ξ_i ∂/∂x_i + Σ φ_a ∂/∂u_a with polynomials of the variables.
type Field struct{ Ξ, Φ []monomial.Polynomial }

// prolonged returns the velocity of the derivative u_J of a component along a field,
//
//	φ_{J,i} = D_i φ_J − Σ_k u_{J,k} D_i ξ_k
//
// (Olver, "Applications of Lie Groups to Differential Equations", 1993, theorem 2.36). known
// keeps what was computed before.
func (s *Space) prolonged(f Field, c int, known map[int]monomial.Polynomial) monomial.Polynomial {
	if p, ok := known[c]; ok {
		return p
	}
	var p monomial.Polynomial
	i := slices.IndexFunc(s.index[c], func(times int) bool { return times > 0 })
	if i < 0 {
		p = f.Φ[s.component[c]]
	} else {
		lower := slices.Clone(s.index[c])
		lower[i]--
		before := s.at[s.derivativeName(s.component[c], lower)]
		p = s.total(s.prolonged(f, before, known), i)
		for k, ξ := range f.Ξ {
			next, _ := s.differentiated(before, k)
			p = p.Plus(-1, monomial.Variable(next, s.Size()).Times(s.total(ξ, i)))
		}
	}
	known[c] = p
	return p
}

// Velocity returns the velocity of coordinate c along a field. known keeps what was computed before
// for the same field.
func (s *Space) Velocity(f Field, c int, known map[int]monomial.Polynomial) monomial.Polynomial {
	if c < len(f.Ξ) {
		return f.Ξ[c].Plus(0, nil)
	}
	return s.prolonged(f, c, known).Plus(0, nil)
}

// Follows reports whether coordinate c is differentiated at least as often by each variable as the
// coordinate solved: an equation for that one then also gives c.
func (s *Space) Follows(c, solved int) bool {
	if s.component[c] < 0 {
		return false
	}
	for i, times := range s.index[solved] {
		if s.index[c][i] < times {
			return false
		}
	}
	return true
}
