package discrete

import (
	"maps"
	"slices"
)

// stabiliser is a group of signed permutations as a chain: the orbit of a point ±x_i with an element
// that leads to each place, and the subgroup that leaves the point in place (Schreier and Sims;
// Seress, "Permutation Group Algorithms", 2003, §4.2). nil is the trivial group.
type stabiliser struct {
	point int16
	gens  []element
	to    map[int16]element // of the orbit
	next  *stabiliser
}

// image returns where a point ±(i+1) moves.
func (g element) image(point int16) int16 {
	if point > 0 {
		return g.to[point-1]
	}
	return -g.to[-point-1]
}

// inverse returns the inverse of a signed permutation.
func (g element) inverse() element {
	to := make([]int16, len(g.to))
	for i, p := range g.to {
		if p > 0 {
			to[p-1] = int16(i + 1)
		} else {
			to[-p-1] = int16(-i - 1)
		}
	}
	return element{to: to}
}

// has reports whether e belongs to the group.
func (s *stabiliser) has(e element) bool {
	if s == nil {
		return e.isIdentity()
	}
	to, ok := s.to[e.image(s.point)]
	return ok && s.next.has(to.inverse().times(e))
}

// with returns the group that is generated with e as well.
func (s *stabiliser) with(e element) *stabiliser {
	if s.has(e) {
		return s
	}
	larger := &stabiliser{to: map[int16]element{}}
	if s == nil {
		for larger.point = 1; e.to[larger.point-1] == larger.point; {
			larger.point++
		}
	} else {
		*larger = stabiliser{s.point, slices.Clone(s.gens), maps.Clone(s.to), s.next}
	}
	larger.gens = append(larger.gens, e)
	larger.close(len(e.to))
	return larger
}

// close extends the orbit, and the subgroup by Schreier's generators of it.
func (s *stabiliser) close(n int) {
	if len(s.to) == 0 {
		s.to[s.point] = identity(n)
	}
	orbit := slices.Sorted(maps.Keys(s.to))
	for next := 0; next < len(orbit); next++ {
		for _, g := range s.gens {
			if p := g.image(orbit[next]); s.to[p].to == nil {
				s.to[p] = g.times(s.to[orbit[next]])
				orbit = append(orbit, p)
			}
		}
	}
	for _, p := range orbit {
		for _, g := range s.gens {
			s.next = s.next.with(s.to[g.image(p)].inverse().times(g).times(s.to[p]))
		}
	}
}

// order returns the number of elements.
func (s *stabiliser) order() float64 {
	if s == nil {
		return 1
	}
	return float64(len(s.to)) * s.next.order()
}

// each visits the elements, the identity first, until visit returns false.
func (s *stabiliser) each(n int, visit func(e element) bool) bool {
	if s == nil {
		return visit(identity(n))
	}
	orbit := slices.Sorted(maps.Keys(s.to))
	at := slices.Index(orbit, s.point)
	orbit = slices.Insert(slices.Delete(orbit, at, at+1), 0, s.point)
	for _, p := range orbit {
		if !s.next.each(n, func(e element) bool { return visit(s.to[p].times(e)) }) {
			return false
		}
	}
	return true
}
