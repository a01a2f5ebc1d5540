package dynamics

import (
	"fmt"
	"math"
	"strings"

	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg"
	"github.com/liegg/lab/liegg/lie"
)

// Candidates here are fields, which no matrices represent. Their generators are the coefficients h
// as diagonal matrices.

// generatorOf returns the generator of K coefficients.
func generatorOf(h []float64, k int) *mat.Dense {
	if len(h) != k {
		panic(fmt.Sprintf("dynamics: a generator has %d coefficients, got len(h) = %d", k, len(h)))
	}
	return mat.DenseCopyOf(mat.NewDiagDense(len(h), h))
}

// echelon returns the coefficients of a readable basis of an algebra of generators, in reduced row
// echelon form; nil for dimension 0.
func echelon(a lie.Algebra) (rows [][]float64) {
	if a.Dim() == 0 {
		return nil
	}
	for _, h := range lie.Echelon(a, 0) {
		rows = append(rows, diagonal(h))
	}
	return rows
}

func diagonal(h *mat.Dense) []float64 {
	n, _ := h.Dims()
	d := make([]float64, n)
	for i := range d {
		d[i] = h.At(i, i)
	}
	return d
}

// formulaLines writes quantities or fields, one a line.
func formulaLines[T interface {
	Formula(tolerance float64) string
}](all []T, tolerance float64) string {
	lines := make([]string, len(all))
	for i, each := range all {
		lines[i] = each.Formula(tolerance)
	}
	return strings.Join(lines, "\n")
}

// headline says what a verdict answers, and among how many candidates. Whatever does not hold to
// rounding holds approximately, as all that a network learns does.
func headline(v *liegg.Verdict) string {
	answer, _, _ := v.Decision()
	text := fmt.Sprintf("%s among %d", answer, v.Considered)
	if v.Answer == liegg.Symmetric && !exact(v) {
		bound := 0.
		for _, d := range v.Defects[:v.Dim] {
			bound = math.Max(bound, d.Upper)
		}
		text += fmt.Sprintf(", approximately: ρ ≤ %.2g", bound)
	}
	return text
}
