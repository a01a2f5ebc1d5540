package action

import (
	. "github.com/gomlx/gomlx/core/graph"
)

// monomials lists the exponents of the monomials of n variables up to a
// degree: x₁ … xₙ, then degree 2, x₁², x₁x₂, …, and so on, and the constant 1
// last. There are C(n+degree, degree). Up to degree 1 they are the
// coordinates of homogeneous affine maps.
func monomials(n, degree int) [][]int {
	var list [][]int
	for d := 1; d <= degree; d++ {
		list = append(list, ofDegree(n, d)...)
	}
	return append(list, make([]int, n))
}

// ofDegree lists the exponents of n variables of exactly this degree, with
// descending powers of the first variable.
func ofDegree(n, degree int) [][]int {
	if n == 1 {
		return [][]int{{degree}}
	}
	var list [][]int
	for first := degree; first >= 0; first-- {
		for _, rest := range ofDegree(n-1, degree-first) {
			list = append(list, append([]int{first}, rest...))
		}
	}
	return list
}

// key converts exponents to a map key.
func key(exponents []int) string {
	k := make([]byte, len(exponents))
	for i, e := range exponents {
		k[i] = byte(e)
	}
	return string(k)
}

// places maps the keys of monomials to their indices.
func places(list [][]int) map[string]int {
	at := make(map[string]int, len(list))
	for i, m := range list {
		at[key(m)] = i
	}
	return at
}

// power returns x^α.
func power(x []float64, exponents []int) float64 {
	product := 1.0
	for i, e := range exponents {
		for range e {
			product *= x[i]
		}
	}
	return product
}

// monomialNodes returns the monomials of points [batch, c, n] as [batch, c, M].
func monomialNodes(points *Node, list [][]int) *Node {
	n := points.Shape().Dim(2)
	built := map[string]*Node{key(make([]int, n)): OnesLike(coordinate(points, 0))}
	values := make([]*Node, len(list))
	for i, exponents := range list {
		values[i] = monomial(points, exponents, built)
	}
	return Concatenate(values, -1)
}

func coordinate(points *Node, i int) *Node {
	return Slice(points, AxisRange(), AxisRange(), AxisRange(i, i+1))
}

// monomial multiplies a variable by a monomial of lower degree. It reuses
// monomials that were already built.
func monomial(points *Node, exponents []int, built map[string]*Node) *Node {
	if m, ok := built[key(exponents)]; ok {
		return m
	}
	lower := append([]int{}, exponents...)
	for i, e := range exponents {
		if e > 0 {
			lower[i]--
			built[key(exponents)] = Mul(monomial(points, lower, built), coordinate(points, i))
			break
		}
	}
	return built[key(exponents)]
}
