// Package numbers tells which numbers can be drawn, and counts those that cannot.
package numbers

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"
)

// Finite reports whether v is neither NaN nor infinite.
func Finite(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }

// FiniteRange returns the smallest and largest finite value of a table and
// the number of non-finite ones; low > high if none is finite.
func FiniteRange(rows, cols int, at func(i, j int) float64) (low, high float64, bad int) {
	low, high = math.Inf(1), math.Inf(-1)
	for i := range rows {
		for j := range cols {
			if v := at(i, j); Finite(v) {
				low, high = math.Min(low, v), math.Max(high, v)
			} else {
				bad++
			}
		}
	}
	return low, high, bad
}

// Count spells "1 value is" and "3 values are".
func Count(n int, what string) string {
	if n == 1 {
		return "1 " + what + " is"
	}
	return fmt.Sprintf("%d %ss are", n, what)
}

// FiniteOr0 returns v if it is finite, and 0 otherwise.
func FiniteOr0(v float64) float64 {
	if Finite(v) {
		return v
	}
	return 0
}

// Positive returns the nearest positive finite number.
func Positive(v float64) float64 {
	return math.Max(math.SmallestNonzeroFloat64, math.Min(math.MaxFloat64, v))
}

// Dims returns the dimensions of m. It panics if m cannot be drawn.
func Dims(caller string, m mat.Matrix) (rows, cols int) {
	if m == nil {
		panic("plotting: " + caller + ": m is nil")
	}
	rows, cols = m.Dims()
	if rows == 0 || cols == 0 {
		panic("plotting: " + caller + ": m has no entries")
	}
	return rows, cols
}
