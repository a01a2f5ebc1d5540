package lie

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"
)

// size returns n for an n×n matrix. It panics if m is nil, not square or not
// finite.
func size(what string, m *mat.Dense) int {
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

func sameSize(what string, a, b Algebra) {
	if a.n != b.n {
		panic(fmt.Sprintf("lie: %s: %s is of %d×%d matrices, %s of %d×%d", what, a.name, a.n, a.n, b.name, b.n, b.n))
	}
}
