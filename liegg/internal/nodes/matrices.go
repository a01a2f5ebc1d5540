package nodes

import (
	. "github.com/gomlx/gomlx/core/graph"
)

// Entry returns entry (i, j) of a matrix g [n, n] as a scalar, or of matrices [batch, n, n] as
// [batch, 1].
func Entry(g *Node, i, j int) *Node {
	if g.Rank() == 3 {
		return Reshape(Slice(g, AxisRange(), AxisElem(i), AxisElem(j)), -1, 1)
	}
	return Reshape(Slice(g, AxisElem(i), AxisElem(j)))
}

// Across returns the values of one coordinate at all points in a shape to combine with an Entry of g:
// [points] for a matrix g, and [1, points] for matrices [batch, n, n].
func Across(g *Node, values []float64) *Node {
	if g.Rank() == 3 {
		return Constant(g, values, 1, len(values))
	}
	return Constant(g, values, len(values))
}

// Adjugate returns the matrix m⁻¹·det m, given the entries m[row][column] as nodes.
func Adjugate(m [][]*Node) [][]*Node {
	a := make([][]*Node, len(m))
	for i := range m {
		a[i] = make([]*Node, len(m))
		for j := range m {
			a[i][j] = Determinant(Minor(m, j, i))
			if (i+j)%2 == 1 {
				a[i][j] = Neg(a[i][j])
			}
		}
	}
	return a
}

// Minor returns m without a row and a column.
func Minor(m [][]*Node, row, column int) [][]*Node {
	var rest [][]*Node
	for i := range m {
		if i == row {
			continue
		}
		var kept []*Node
		for j := range m {
			if j != column {
				kept = append(kept, m[i][j])
			}
		}
		rest = append(rest, kept)
	}
	return rest
}

// Determinant returns the determinant, expanded along the first row. It is meant for matrices of at
// most 3×3: the number of its terms is factorial.
func Determinant(m [][]*Node) *Node {
	if len(m) == 1 {
		return m[0][0]
	}
	var sum *Node
	for j := range m {
		term := Mul(m[0][j], Determinant(Minor(m, 0, j)))
		if j%2 == 1 {
			term = Neg(term)
		}
		sum = Plus(sum, term)
	}
	return sum
}
