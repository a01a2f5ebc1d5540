package monomial

import (
	"slices"

	. "github.com/gomlx/gomlx/core/graph"
)

// Rows returns the M ≥ 1 monomials of points [n, batch] as [M, batch]. Each degree is built at once from
// the one below it, so that a program of many monomials has few operators.
func Rows(points *Node, list [][]int) *Node {
	levels := levelsOf(list)
	rows := []*Node{OnesLike(SliceAxis(points, 0, AxisElem(0)))}
	for d := 1; d < len(levels); d++ {
		below := Places(levels[d-1])
		lower, variables := make([]int32, len(levels[d])), make([]int32, len(levels[d]))
		for k, α := range levels[d] {
			i, β := lowered(α)
			variables[k], lower[k] = int32(i), int32(below[Key(β)])
		}
		rows = append(rows, Mul(taken(rows[d-1], lower), taken(points, variables)))
	}
	at, order := Places(slices.Concat(levels...)), make([]int32, len(list))
	for k, α := range list {
		order[k] = int32(at[Key(α)])
	}
	return taken(Concatenate(rows, 0), order)
}

// levelsOf returns the monomials of a list by their degree, and those of lower degree from which
// they are built.
func levelsOf(list [][]int) [][][]int {
	degree := 0
	for _, α := range list {
		degree = max(degree, sum(α))
	}
	levels := make([][][]int, degree+1)
	for _, α := range list {
		levels[sum(α)] = append(levels[sum(α)], α)
	}
	for d := degree; d >= 0; d-- {
		levels[d] = distinct(levels[d])
		for _, α := range levels[d] {
			if d > 0 {
				_, β := lowered(α)
				levels[d-1] = append(levels[d-1], β)
			}
		}
	}
	return levels
}

func sum(α []int) (total int) {
	for _, e := range α {
		total += e
	}
	return total
}

// distinct leaves out monomials that occur before.
func distinct(list [][]int) (once [][]int) {
	seen := map[string]bool{}
	for _, α := range list {
		if !seen[Key(α)] {
			once = append(once, α)
		}
		seen[Key(α)] = true
	}
	return once
}

// lowered returns the first variable of a monomial, and the monomial divided by it.
func lowered(α []int) (i int, lower []int) {
	i = slices.IndexFunc(α, func(e int) bool { return e > 0 })
	lower = slices.Clone(α)
	lower[i]--
	return i, lower
}

// taken returns some rows of x, in their order.
func taken(x *Node, rows []int32) *Node {
	return Gather(x, Reshape(Const(x.Graph(), rows), len(rows), 1))
}
