package classification

import (
	"fmt"

	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/lie/internal/dense"
)

// Signature counts the positive, negative and zero eigenvalues of a symmetric
// form.
type Signature struct{ Plus, Minus, Zero int }

// String returns the counts of plus, minus and zero, such as "(3,3,0)".
func (s Signature) String() string { return fmt.Sprintf("(%d,%d,%d)", s.Plus, s.Minus, s.Zero) }

// SignatureOf counts the signs of the eigenvalues of q; those within tol of 0
// are zeros.
func SignatureOf(q mat.Symmetric, tol float64) Signature {
	var s Signature
	values, _ := dense.EigenSym(q)
	for _, λ := range values {
		switch {
		case λ > tol:
			s.Plus++
		case λ < -tol:
			s.Minus++
		default:
			s.Zero++
		}
	}
	return s
}
