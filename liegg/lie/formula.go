package lie

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/internal/spelling"
	"github.com/liegg/lab/liegg/lie/internal/check"
	"github.com/liegg/lab/liegg/lie/internal/sparsity"
)

// Formula writes a generator as a vector field Σ_ij h_ij x_j ∂_i: "x₁∂₂ −
// x₂∂₁" for a rotation, "∂₁" for a translation. Since the scale of a
// generator is arbitrary, the first of its largest coefficients is scaled to
// 1. The others have two significant digits; those below tolerance times the
// largest are left out, and a tolerance of 0 means .05. A zero matrix is "0".
//
// Set homogeneous if h = [A b; 0 0] is an affine map, whose last column is
// the translation. names replace x₁, x₂, …: Formula(boost, false, 0, "t",
// "x") is "t∂x + x∂t".
//
// Formula panics if h is not square or holds NaN or Inf, if tolerance is
// negative, if names are given but not one for each coordinate, or if
// homogeneous is set and the last row of h is not zero.
func Formula(h *mat.Dense, homogeneous bool, tolerance float64, names ...string) string {
	n := check.Square("Formula", h)
	tolerance = toleranceOr("Formula", tolerance)
	d := n
	if homogeneous {
		d = n - 1
		if mat.Norm(h.RowView(n-1), math.Inf(1)) != 0 {
			panic("lie: Formula: homogeneous: the last row of the matrix is not zero")
		}
	}
	terms := scaleTerms(fieldTerms(h, d, coordinateNames(d, names)))
	var large []linearTerm
	for _, t := range terms {
		if math.Abs(t.coefficient) >= tolerance {
			large = append(large, t)
		}
	}
	return combination(large)
}

// coordinate is the text for a coordinate and its derivative.
type coordinate struct{ x, d string }

// coordinateNames returns the texts for the coordinates of R^d.
func coordinateNames(d int, names []string) []coordinate {
	if len(names) != 0 && len(names) != d {
		panic(fmt.Sprintf("lie: Formula: names: %d for %d coordinates", len(names), d))
	}
	out := make([]coordinate, d)
	for i := range d {
		if len(names) == 0 {
			out[i] = coordinate{"x" + spelling.Subscript(i+1), "∂" + spelling.Subscript(i+1)}
		} else {
			out[i] = coordinate{names[i], "∂" + names[i]}
		}
	}
	return out
}

// fieldTerms lists the non-zero terms of the field, sorted by the coordinate
// they contain and then by the one they move. Translations come last.
func fieldTerms(h *mat.Dense, d int, c []coordinate) []linearTerm {
	n, _ := h.Dims()
	var terms []linearTerm
	for j := range n {
		factor := ""
		if j < d {
			factor = c[j].x
		}
		for i := range d {
			if v := h.At(i, j); v != 0 {
				terms = append(terms, linearTerm{v, factor + c[i].d})
			}
		}
	}
	return terms
}

// scaleTerms divides the terms by their largest absolute coefficient, so that
// nothing exceeds 1, and by the sign of the first coefficient of nearly that
// size.
func scaleTerms(terms []linearTerm) []linearTerm {
	var coefficients []float64
	var largest float64
	for _, t := range terms {
		coefficients = append(coefficients, t.coefficient)
		largest = math.Max(largest, math.Abs(t.coefficient))
	}
	if len(terms) == 0 {
		return nil
	}
	scale := math.Copysign(largest, coefficients[sparsity.LeadingEntry(coefficients)])
	for k := range terms {
		terms[k].coefficient /= scale
	}
	return terms
}
