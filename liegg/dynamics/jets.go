package dynamics

import (
	"fmt"
	"slices"
	"strings"

	"github.com/liegg/lab/liegg/internal/monomial"
)

// jetSpace has the independent variables, the dependent ones, and their derivatives up to an
// order as coordinates.
type jetSpace struct {
	independent, dependent []string
	names                  []string // of all coordinates: x, t, u, u_x, u_t, u_xx, …
	component              []int    // of a coordinate: which dependent variable; −1 for independent ones
	index                  [][]int  // of a coordinate: how often it is differentiated by each independent variable
	at                     map[string]int
}

func newJetSpace(independent, dependent []string, order int) *jetSpace {
	s := &jetSpace{independent: independent, dependent: dependent, at: map[string]int{}}
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

func (s *jetSpace) add(name string, component int, index []int) {
	s.at[name] = len(s.names)
	s.names, s.component, s.index = append(s.names, name), append(s.component, component), append(s.index, index)
}

// derivativeName writes u_xxt.
func (s *jetSpace) derivativeName(component int, index []int) string {
	name := s.dependent[component]
	if sum(index) > 0 {
		name += "_"
	}
	for i, times := range index {
		name += strings.Repeat(s.independent[i], times)
	}
	return name
}

// indexOf reads derivatives such as "xxt", in any order.
func (s *jetSpace) indexOf(letters string) ([]int, error) {
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

// find returns the place of a coordinate that is named in any order of derivatives.
func (s *jetSpace) find(name string) (int, error) {
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

// size returns the number of coordinates.
func (s *jetSpace) size() int { return len(s.names) }

// differentiated returns the place of coordinate c differentiated by the i-th independent
// variable; false if its order is beyond the space.
func (s *jetSpace) differentiated(c, i int) (int, bool) {
	index := slices.Clone(s.index[c])
	index[i]++
	at, ok := s.at[s.derivativeName(s.component[c], index)]
	return at, ok
}

// total returns the total derivative D_i P = ∂P/∂x_i + Σ u_{J,i} ∂P/∂u_J. P must not hold
// derivatives of the highest order.
func (s *jetSpace) total(p polynomial, i int) polynomial {
	d := p.derivative(i)
	for c := len(s.independent); c < s.size(); c++ {
		if !p.uses(c) {
			continue
		}
		next, ok := s.differentiated(c, i)
		if !ok {
			panic("dynamics: a total derivative leaves the jet space")
		}
		d = d.plus(1, p.derivative(c).times(variable(next, s.size())))
	}
	return d
}

// pointField is a candidate Σ ξ_i ∂/∂x_i + Σ φ_a ∂/∂u_a with polynomials of the variables.
type pointField struct{ ξ, φ []polynomial }

// prolonged returns the velocity of the derivative u_J of a component along a field,
//
//	φ_{J,i} = D_i φ_J − Σ_k u_{J,k} D_i ξ_k
//
// (Olver, "Applications of Lie Groups to Differential Equations", 1993, theorem 2.36). known
// keeps what was computed before.
func (s *jetSpace) prolonged(f pointField, c int, known map[int]polynomial) polynomial {
	if p, ok := known[c]; ok {
		return p
	}
	var p polynomial
	i := slices.IndexFunc(s.index[c], func(times int) bool { return times > 0 })
	if i < 0 {
		p = f.φ[s.component[c]]
	} else {
		lower := slices.Clone(s.index[c])
		lower[i]--
		before := s.at[s.derivativeName(s.component[c], lower)]
		p = s.total(s.prolonged(f, before, known), i)
		for k, ξ := range f.ξ {
			next, _ := s.differentiated(before, k)
			p = p.plus(-1, variable(next, s.size()).times(s.total(ξ, i)))
		}
	}
	known[c] = p
	return p
}
