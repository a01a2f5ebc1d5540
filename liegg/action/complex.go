package action

import (
	"fmt"

	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/lie"
)

// ComplexLinear is the action of gl(n,C) on c vectors of Cⁿ, each stored as
// 2n real numbers, Re z₁, Im z₁, Re z₂, Im z₂, …. One complex n×n matrix
// moves all of them, K = 2n². It is Restricted(Linear(2n, c), ComplexGL(n)).
// It panics unless n, c ≥ 1.
func ComplexLinear(n, c int) Action { return Restricted(Linear(2*n, c), ComplexGL(n)) }

// ComplexGL returns gl(n,C) as 2n×2n real matrices of 2×2 blocks [a −b; b a],
// one for each entry a + ib: the matrices that commute with multiplication by
// i. Its basis contains, entry by entry and row by row, the block of 1 and
// the block of i, divided by √2. It panics unless n ≥ 1.
func ComplexGL(n int) lie.Algebra {
	if n < 1 {
		panic(fmt.Sprintf("action: ComplexGL: n must be at least 1, got %d", n))
	}
	var gens []*mat.Dense
	for i := range n {
		for j := range n {
			one, imaginary := mat.NewDense(2*n, 2*n, nil), mat.NewDense(2*n, 2*n, nil)
			for k := range 2 {
				one.Set(2*i+k, 2*j+k, 1)
			}
			imaginary.Set(2*i, 2*j+1, -1)
			imaginary.Set(2*i+1, 2*j, 1)
			gens = append(gens, one, imaginary)
		}
	}
	return lie.Span(fmt.Sprintf("gl(%d,C)", n), gens...)
}
