// Package monomial lists the monomials of several variables, and computes and writes them.
package monomial

import (
	"math"
	"strconv"
	"strings"

	. "github.com/gomlx/gomlx/core/graph"

	"github.com/liegg/lab/liegg/internal/spelling"
)

// List lists the exponents of the monomials of n variables up to a
// degree: x₁ … xₙ, then degree 2, x₁², x₁x₂, …, and so on, and the constant 1
// last. There are C(n+degree, degree). Up to degree 1 they are the
// coordinates of homogeneous affine maps.
func List(n, degree int) [][]int {
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

// Degree returns the degree of a monomial, the sum of its exponents.
func Degree(exponents []int) int {
	degree := 0
	for _, e := range exponents {
		degree += e
	}
	return degree
}

// Key converts exponents to a map key.
func Key(exponents []int) string {
	k := make([]byte, len(exponents))
	for i, e := range exponents {
		k[i] = byte(e)
	}
	return string(k)
}

// Product returns the key of the product of two monomials.
func Product(a, b string) string {
	exponents := []byte(a)
	for i := range exponents {
		exponents[i] += b[i]
	}
	return string(exponents)
}

// Places maps the keys of monomials to their indices.
func Places(list [][]int) map[string]int {
	at := make(map[string]int, len(list))
	for i, m := range list {
		at[Key(m)] = i
	}
	return at
}

// Power returns x^α.
func Power(x []float64, exponents []int) float64 {
	product := 1.0
	for i, e := range exponents {
		for range e {
			product *= x[i]
		}
	}
	return product
}

// Nodes returns the monomials of points [batch, c, n] as [batch, c, M].
func Nodes(points *Node, list [][]int) *Node {
	n := points.Shape().Dim(2)
	built := map[string]*Node{Key(make([]int, n)): OnesLike(coordinate(points, 0))}
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
	if m, ok := built[Key(exponents)]; ok {
		return m
	}
	lower := append([]int{}, exponents...)
	for i, e := range exponents {
		if e > 0 {
			lower[i]--
			built[Key(exponents)] = Mul(monomial(points, lower, built), coordinate(points, i))
			break
		}
	}
	return built[Key(exponents)]
}

// Text writes a monomial with the names of the variables, such as q₁p₂². Without names they
// are x₁, x₂, …. The monomial 1 is "".
func Text(exponents []int, names []string) string {
	text := ""
	for i, e := range exponents {
		name := "x" + spelling.Subscript(i+1)
		if len(names) > 0 {
			name = names[i]
		}
		switch {
		case e == 1:
			text += name
		case e > 1:
			text += name + spelling.Superscript(e)
		}
	}
	return text
}

// WriteTerm appends " + 2x∂ᵧ" to a sum, with two significant digits. At the start the sign is
// written without spaces.
func WriteTerm(text *strings.Builder, v float64, what string) {
	switch {
	case text.Len() > 0 && v < 0:
		text.WriteString(" − ")
	case text.Len() > 0:
		text.WriteString(" + ")
	case v < 0:
		text.WriteString("−")
	}
	if number := strconv.FormatFloat(math.Abs(v), 'g', 2, 64); number != "1" || what == "" {
		text.WriteString(number)
	}
	text.WriteString(what)
}
