package lie

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/lie/internal/dense"
)

// Angles returns the principal angles between the spaces a and b, in radians
// in [0, π/2], ascending: min(a.Dim(), b.Dim()) of them. Small and large
// angles are both accurate to about 1e-15, because each is computed from its
// sine and its cosine: the sines are the singular values of B − A·AᵀB, the
// cosines those of AᵀB (Björck and Golub, Math. Comp. 27, 1973). Angles
// panics if the sizes differ.
//
// If the dimensions differ, all angles are zero when the smaller space lies
// within the larger one.
func Angles(a, b Algebra) []float64 {
	sameSize("Angles", a, b)
	if a.Dim() < b.Dim() {
		a, b = b, a
	}
	if b.Dim() == 0 {
		return nil
	}
	qa, qb := dense.StackedColumns(a.basis), dense.StackedColumns(b.basis)
	var ab, rest mat.Dense
	ab.Mul(qa.T(), qb)
	rest.Mul(qa, &ab)
	rest.Sub(qb, &rest)
	cosines, sines := dense.SingularValues(&ab), dense.SingularValues(&rest)
	slices.Reverse(sines) // cosines are descending, sines ascending
	angles := make([]float64, b.Dim())
	for i := range angles {
		angles[i] = math.Atan2(sines[i], cosines[i])
	}
	return angles
}

// LargestAngle returns the largest of Angles(a, b), or 0 if one of the spaces
// has dimension 0.
func LargestAngle(a, b Algebra) float64 {
	angles := Angles(a, b)
	if len(angles) == 0 {
		return 0
	}
	return angles[len(angles)-1]
}

// AngleTo returns the angle between h and its projection on the algebra, in
// radians in [0, π/2], accurate to about 1e-15. It is NaN for h = 0, and π/2
// for an algebra of dimension 0. It panics if the sizes differ.
func AngleTo(h *mat.Dense, a Algebra) float64 {
	fit("AngleTo", h, a)
	h = dense.WithoutExponent(h)
	p := Project(h, a)
	rest := mat.NewDense(a.n, a.n, nil)
	rest.Sub(h, p)
	along, across := mat.Norm(p, 2), mat.Norm(rest, 2)
	if along == 0 && across == 0 {
		return math.NaN()
	}
	return math.Atan2(across, along)
}
