package polynomial

import (
	"fmt"
	"math/rand/v2"
	"strings"

	"gonum.org/v1/gonum/mat"
)

// Fields are vector fields on the same Rⁿ that were found together.
type Fields []Field

// Rank returns the dimension that the fields span at a generic point, at most
// n. If it is smaller than their number, some of them are combinations of
// others with functions as coefficients. A function of n variables with r
// independent fields as symmetries is a function of their n − r invariants,
// however many more fields a space of candidates holds.
//
// Points are drawn from N(0,1) with a fixed seed. Directions count if they
// are longer than tolerance times the longest at one of the points, for
// fields scaled to coefficients of norm 1. A tolerance of 0 means .01.
func (f Fields) Rank(tolerance float64) int {
	if len(f) == 0 {
		return 0
	}
	if tolerance == 0 {
		tolerance = .01
	}
	n, _ := f[0].Coefficients.Dims()
	rng := rand.New(rand.NewPCG(1, 0))
	rank := 0
	for range 16 {
		x := make([]float64, n)
		for i := range x {
			x[i] = rng.NormFloat64()
		}
		rank = max(rank, f.rankAt(x, tolerance))
	}
	return rank
}

// rankAt returns the number of directions of the fields at x.
func (f Fields) rankAt(x []float64, tolerance float64) int {
	velocities := mat.NewDense(len(x), len(f), nil)
	for j, field := range f {
		v := mat.NewVecDense(len(x), field.At(x))
		if norm := mat.Norm(field.Coefficients, 2); norm > 0 {
			v.ScaleVec(1/norm, v)
		}
		velocities.SetCol(j, v.RawVector().Data)
	}
	var svd mat.SVD
	if !svd.Factorize(velocities, mat.SVDNone) {
		panic("polynomial: Rank: the fields hold NaN or Inf")
	}
	return svd.Rank(tolerance)
}

// String returns Report(0).
func (f Fields) String() string { return f.Report(0) }

// Report lists the formulas, one line per field, and says how many of the
// fields are independent at a generic point. tolerance is that of Formula;
// names replace x₁, x₂, ….
func (f Fields) Report(tolerance float64, names ...string) string {
	var text strings.Builder
	for _, field := range f {
		fmt.Fprintln(&text, field.Formula(tolerance, names...))
	}
	text.WriteString(f.dependence(f.Rank(max(tolerance, .01))))
	return text.String()
}

func (f Fields) dependence(rank int) string {
	switch {
	case len(f) == 0:
		return "no fields"
	case len(f) == 1:
		return "1 field"
	case rank == len(f):
		return fmt.Sprintf("%d fields, independent at a generic point", rank)
	case rank == 1:
		return fmt.Sprintf("%d fields, of rank 1 at a generic point: they are function multiples of one field", len(f))
	}
	return fmt.Sprintf("%d fields, of rank %d at a generic point: they are combinations of %d fields with functions as factors", len(f), rank, rank)
}
