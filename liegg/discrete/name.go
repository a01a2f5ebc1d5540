package discrete

import (
	"fmt"
	"math"
	"slices"
	"strings"
)

// name names a group by its structure: C_n and products of these, dihedral D_n of order 2n, and, if
// the elements are signed permutations, the symmetric and alternating groups S_n and A_n, the
// hyperoctahedral B_n of all signed permutations, its subgroup W(D_n) with an even number of signs,
// and direct products. Other groups are named by their order.
func (g *finiteGroup) name() string {
	if g.order() == 1 {
		return "trivial"
	}
	if name := g.byOrders(); name != "" && name != "D_3" {
		return name
	}
	if name := g.byOrbits(); name != "" {
		return name
	}
	if name := g.byOrders(); name != "" {
		return name
	}
	return unnamed(g.order())
}

// unnamed is the name of a group of which no more than the order is known.
func unnamed(order float64) string { return fmt.Sprintf("group of order %.6g", order) }

// byOrders names abelian and dihedral groups by the orders of their elements, "" for others.
func (g *finiteGroup) byOrders() string {
	const most = 2000
	if g.order() > most {
		return ""
	}
	elements := g.first(most)
	orders := make([]int, len(elements))
	for i, e := range elements {
		orders[i] = orderOf(e)
	}
	if g.abelian() {
		return abelianName(orders)
	}
	n := len(orders) / 2
	at := slices.Index(orders, n)
	if len(orders)%2 == 1 || at < 0 || n < 3 {
		return ""
	}
	turns := map[string]bool{}
	for power, k := elements[at], 0; k < n; k++ {
		turns[power.key()] = true
		power = power.times(elements[at])
	}
	for i, e := range elements { // all others are reflections
		if !turns[e.key()] && orders[i] != 2 {
			return ""
		}
	}
	return fmt.Sprintf("D_%d", n)
}

// abelianName names an abelian group by the orders of its elements: its invariant factors. For each
// prime p, the number of elements x with p^k·x = 0 says how many cyclic factors have order p^k or
// more.
func abelianName(orders []int) string {
	var factors []int // the largest first
	for p, rest := 2, len(orders); rest > 1; p++ {
		if rest%p != 0 {
			continue
		}
		for rest%p == 0 {
			rest /= p
		}
		before := 1
		for q := p; ; q *= p {
			count := 0
			for _, o := range orders {
				if q%o == 0 {
					count++
				}
			}
			if count == before {
				break
			}
			cyclic := int(math.Round(math.Log(float64(count/before)) / math.Log(float64(p))))
			for k := range cyclic {
				if k == len(factors) {
					factors = append(factors, 1)
				}
				factors[k] *= p
			}
			before = count
		}
	}
	var parts []string
	for _, f := range factors {
		parts = append(parts, fmt.Sprintf("C_%d", f))
	}
	return strings.Join(parts, " × ")
}

// byOrbits names a group of signed permutations by what it does on orbits of coordinates: one that
// shows the whole group, or several of which it is the product. It returns "" if it knows neither.
func (g *finiteGroup) byOrbits() string {
	if g.listed != nil {
		return ""
	}
	var parts []string
	product, joint := 1., []int(nil)
	for _, orbit := range g.orbits() {
		restricted := g.on(orbit)
		if restricted.order() == g.order() {
			return restricted.ofOrbit()
		}
		if together := g.on(append(slices.Clone(joint), orbit...)); together.order() > product {
			if together.order() != product*restricted.order() {
				return ""
			}
			name := restricted.ofOrbit()
			if name == "" {
				return ""
			}
			product *= restricted.order()
			joint, parts = append(joint, orbit...), append(parts, name)
		}
	}
	if product != g.order() {
		return ""
	}
	return strings.Join(parts, " × ")
}

// orbits lists the orbits of coordinates, up to signs.
func (g *finiteGroup) orbits() (all [][]int) {
	seen := map[int]bool{}
	for i := range g.n {
		if seen[i] {
			continue
		}
		orbit := []int{i}
		seen[i] = true
		for next := 0; next < len(orbit); next++ {
			for _, gen := range g.gens {
				if j := place(gen.to[orbit[next]]); !seen[j] {
					seen[j] = true
					orbit = append(orbit, j)
				}
			}
		}
		slices.Sort(orbit)
		all = append(all, orbit)
	}
	return all
}

func place(to int16) int {
	if to < 0 {
		to = -to
	}
	return int(to) - 1
}

// on returns the group that acts on some coordinates, which the group maps to each other.
func (g *finiteGroup) on(coordinates []int) *finiteGroup {
	at := map[int]int16{}
	for k, i := range coordinates {
		at[i] = int16(k + 1)
	}
	restrict := func(e element) element {
		r := element{to: make([]int16, len(coordinates))}
		for k, i := range coordinates {
			if r.to[k] = at[place(e.to[i])]; e.to[i] < 0 {
				r.to[k] *= -1
			}
		}
		return r
	}
	r := trivialGroup(len(coordinates))
	for _, gen := range g.gens {
		if own := restrict(gen); !r.has(own) {
			r = r.with(own)
		}
	}
	return r
}

// ofOrbit names a group that is transitive on its n coordinates, up to signs.
func (g *finiteGroup) ofOrbit() string {
	signed, even := false, true
	for _, e := range g.gens {
		count := 0
		for _, p := range e.to {
			if p < 0 {
				count++
			}
		}
		signed = signed || count > 0
		even = even && count%2 == 0
	}
	n, order := g.n, g.order()
	factorial := math.Round(math.Gamma(float64(n) + 1))
	all := factorial * math.Pow(2, float64(n))
	is := func(size float64) bool { return math.Abs(order/size-1) < 1e-6 }
	switch {
	case !signed && is(factorial) && n > 2:
		return fmt.Sprintf("S_%d", n)
	case !signed && is(factorial/2) && n > 3:
		return fmt.Sprintf("A_%d", n)
	case signed && is(all) && n > 2:
		return fmt.Sprintf("B_%d", n)
	case signed && even && is(all/2) && n > 2:
		return fmt.Sprintf("W(D_%d)", n)
	}
	if name := g.byOrders(); name != "" {
		return name
	}
	return ""
}
