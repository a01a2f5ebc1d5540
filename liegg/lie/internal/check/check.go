// Package check panics if an argument of a function of lie cannot be used.
package check

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"
)

// Square returns n for an n×n matrix. It panics if m is nil, not square or not
// finite.
func Square(what string, m *mat.Dense) int {
	if m == nil {
		panic("lie: " + what + ": the matrix is nil")
	}
	r, c := m.Dims()
	if r != c || r == 0 {
		panic(fmt.Sprintf("lie: %s: the matrix is %d×%d, want it square", what, r, c))
	}
	for i := range r {
		for _, v := range m.RawRowView(i) {
			if math.IsNaN(v) || math.IsInf(v, 0) {
				panic(fmt.Sprintf("lie: %s: row %d of the matrix holds NaN or Inf", what, i))
			}
		}
	}
	return r
}

// AtLeast panics if n is below least.
func AtLeast(what string, n, least int) {
	if n < least {
		panic(fmt.Sprintf("lie: %s: %d, want at least %d", what, n, least))
	}
}
