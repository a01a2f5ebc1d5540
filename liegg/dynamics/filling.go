package dynamics

import (
	"fmt"
	"math"

	"github.com/gomlx/gomlx/core/tensors"
	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat"

	"github.com/liegg/lab/liegg/internal/monomial"
)

// surfaces is the largest degree of polynomials that are tried, and thin the size below which one
// counts as zero, as a root mean square for coefficients of unit norm in the scaled coordinates.
// Polynomials of degree 3 of jets of some hundred random solutions are 1e-3 at least; for jets of
// solitons of all speeds one is 0, (u_xx + ½u²)·u_x − (u_xxx + u·u_x)·u.
const (
	surfaces = 3
	thin     = 1e-5
)

// surface says that jets satisfy a polynomial equation among their coordinates, if they do: then
// they lie on a surface, on which more fields satisfy the determining equations than everywhere.
// It is "" if they do not.
func surface(jets *tensors.Tensor, names []string) (string, error) {
	z, err := rowsOf(jets)
	if err != nil {
		return "", err
	}
	rows, n := z.Dims()
	for i := range n {
		column := mat.Col(nil, i, z)
		mean, deviation := stat.MeanStdDev(column, nil)
		if !varies(mean, deviation) {
			return fmt.Sprintf("all jets have the same %s: give jets in which it varies", names[i]), nil
		}
		floats.AddConst(-mean, column)
		floats.Scale(1/deviation, column)
		z.SetCol(i, column)
	}
	degree := surfaces
	list := monomial.List(n, degree)
	for ; degree > 1 && 4*len(list) > rows; list = monomial.List(n, degree) {
		degree--
	}
	if smallest := smallestPolynomial(z, list); smallest < thin {
		return fmt.Sprintf("the jets satisfy an equation of degree %d or less among %q (to %.0e of their size), as those of few solutions do, and fields that are symmetries only there count, too: give jets of more solutions, and of different ones", degree, names, math.Max(smallest, 1e-8)), nil
	}
	return "", nil
}

// varies reports whether a standard deviation exceeds the rounding of float32.
func varies(mean, deviation float64) bool { return deviation > 1e-7*math.Abs(mean) }

// smallestPolynomial returns the least root mean square over rows of a polynomial of unit norm, in
// monomials that are each scaled to a root mean square of 1.
func smallestPolynomial(z table, list [][]int) float64 {
	rows, _ := z.Dims()
	values := mat.NewDense(rows, len(list), nil)
	for k, α := range list {
		for s := range rows {
			values.Set(s, k, monomial.Power(z.RawRowView(s), α))
		}
	}
	return smallestCombination(values)
}

// smallestCombination returns the least root mean square over rows of a combination of the columns
// with coefficients of unit norm, each column scaled to a root mean square of 1. Columns of 0 do not
// count.
func smallestCombination(values table) float64 {
	rows, columns := values.Dims()
	scaled, count := mat.NewDense(rows, columns, nil), 0
	for k := range columns {
		column := mat.Col(nil, k, values)
		if size := floats.Norm(column, 2); size > 0 {
			floats.Scale(math.Sqrt(float64(rows))/size, column)
			scaled.SetCol(count, column)
			count++
		}
	}
	var gram mat.SymDense
	gram.SymOuterK(1/float64(rows), scaled.Slice(0, rows, 0, count).T())
	var eigen mat.EigenSym
	if !eigen.Factorize(&gram, false) {
		return math.Inf(1)
	}
	return math.Sqrt(math.Max(0, eigen.Values(nil)[0]))
}
