package lie

import (
	"fmt"
	"math"
	"strings"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/internal/spelling"
	"github.com/liegg/lab/liegg/lie/internal/sparsity"
)

// defaultTolerance is the default tolerance of Echelon, Equations, Formula and
// FormatMatrix, relative to the largest entry. Smaller entries are left out.
const defaultTolerance = .05

// Echelon returns the basis of the algebra in reduced row echelon form, with
// each matrix read row by row. Each of the Dim matrices has a pivot: an entry
// that is 1 there and 0 in all others. Pivots are the first entries that
// allow this. The basis is not orthonormal. Its matrices lie exactly in the
// algebra, so noise remains visible.
//
// To keep noise from becoming a pivot, an entry is skipped if it is smaller
// than tolerance in all unit matrices of the algebra that vanish at the
// earlier pivots. 0 means .05. Values above 1/(n+1) are lowered to it, which
// guarantees a pivot for each matrix. Echelon panics if tolerance is negative
// or NaN.
func Echelon(a Algebra, tolerance float64) []*mat.Dense {
	rows, _ := a.echelon(toleranceOr("Echelon", tolerance))
	out := make([]*mat.Dense, len(rows))
	for k, row := range rows {
		out[k] = mat.NewDense(a.n, a.n, row)
	}
	return out
}

// Equations returns the linear equations that define the matrices H of the
// algebra, such as "H₂₁ = −H₁₂" and "H₁₁ = 0": n² − Dim of them, each solved
// for its first entry. They are the echelon form of the orthogonal
// complement, read from the last entry backwards. Coefficients have two
// significant digits; those below tolerance are left out. The tolerance is
// the one of Echelon. The last row of homogeneous algebras, zero by
// construction, is not listed.
func Equations(a Algebra, tolerance float64) []string {
	tolerance = toleranceOr("Equations", tolerance)
	rows, pivots := a.echelon(tolerance)
	entries := a.n * a.n
	if a.affine {
		entries -= a.n
	}
	isPivot := make([]bool, a.n*a.n)
	for _, p := range pivots {
		isPivot[p] = true
	}
	var out []string
	for free := range entries {
		if !isPivot[free] {
			out = append(out, a.equation(free, rows, pivots, tolerance))
		}
	}
	return out
}

// equation expresses an entry without a pivot by the pivots. In the matrix
// Σ_k c_k·rows_k the pivots are the coefficients c_k.
func (a Algebra) equation(free int, rows [][]float64, pivots []int, tolerance float64) string {
	var terms []linearTerm
	for k, row := range rows {
		if math.Abs(row[free]) >= tolerance {
			terms = append(terms, linearTerm{row[free], a.entry(pivots[k])})
		}
	}
	return a.entry(free) + " = " + combination(terms)
}

// entry names the entry of H at a row-by-row index. For n above nine a comma
// separates the indices, as in "H₁,₁₂".
func (a Algebra) entry(index int) string {
	i, j := spelling.Subscript(index/a.n+1), spelling.Subscript(index%a.n+1)
	if a.n > 9 {
		return "H" + i + "," + j
	}
	return "H" + i + j
}

// echelon returns the reduced echelon form of the basis as rows of length n²,
// and the index of each pivot. The triangular form is reached by orthogonal
// rotations of the rows, so that noise does not grow on the way.
func (a Algebra) echelon(tolerance float64) (rows [][]float64, pivots []int) {
	tolerance = math.Min(tolerance, 1/float64(a.n+1))
	rows = a.rows()
	for column := 0; column < a.n*a.n && len(pivots) < len(rows); column++ {
		if gather(rows[len(pivots):], column) >= tolerance {
			pivots = append(pivots, column)
		}
	}
	for k := len(pivots) - 1; k >= 0; k-- {
		floats.Scale(1/rows[k][pivots[k]], rows[k])
		rows[k][pivots[k]] = 1 // exact, so that the zeros above are exact too
		for _, above := range rows[:k] {
			floats.AddScaled(above, -above[pivots[k]], rows[k])
		}
	}
	return rows, pivots
}

// gather rotates the rows among each other until only the first has a
// non-zero entry in the column, and returns the size of that entry.
func gather(rows [][]float64, column int) float64 {
	first := rows[0]
	for _, row := range rows[1:] {
		sparsity.TurnPair(first, row, math.Atan2(row[column], first[column]))
		row[column] = 0
	}
	return math.Abs(first[column])
}

// toleranceOr returns the tolerance, or the default for 0.
func toleranceOr(what string, tolerance float64) float64 {
	if !(tolerance >= 0) {
		panic(fmt.Sprintf("lie: %s: tolerance %v, want 0 or more", what, tolerance))
	}
	if tolerance == 0 {
		return defaultTolerance
	}
	return tolerance
}

// linearTerm is a coefficient and the symbol it multiplies.
type linearTerm struct {
	coefficient float64
	factor      string
}

// combination writes terms as "x − 0.5 y", or "0" if there are none.
func combination(terms []linearTerm) string {
	if len(terms) == 0 {
		return "0"
	}
	var b strings.Builder
	for k, t := range terms {
		b.WriteString(signBefore(t.coefficient < 0, k == 0))
		if digits := spelling.TwoDigits(math.Abs(t.coefficient)); digits != "1" {
			b.WriteString(digits + " ")
		}
		b.WriteString(t.factor)
	}
	return b.String()
}

// signBefore returns the sign to write before a term.
func signBefore(negative, first bool) string {
	switch {
	case first && negative:
		return "−"
	case first:
		return ""
	case negative:
		return " − "
	}
	return " + "
}
