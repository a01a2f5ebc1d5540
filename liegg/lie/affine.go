package lie

import (
	"math"

	"gonum.org/v1/gonum/mat"
)

// LinearPart returns A of an affine generator [A b; 0 0]: a copy of h without
// its last row and column. It panics if h is smaller than 2×2.
func LinearPart(h *mat.Dense) *mat.Dense {
	n := size("LinearPart", h)
	atLeast("LinearPart: size of the matrix", n, 2)
	return mat.DenseCopyOf(h.Slice(0, n-1, 0, n-1))
}

// FixedPoint returns the point x = −A⁻¹b of R^n that the flow of an affine
// generator h = [A b; 0 0] leaves in place, in the coordinates that h acts on.
// ok is false where there is no single such point, A being singular to 1e-12:
// translations, rotations about an axis. It panics if h is smaller than 2×2 or
// its last row is not zero.
func FixedPoint(h *mat.Dense) (x []float64, ok bool) {
	a := LinearPart(h)
	n, _ := a.Dims()
	if mat.Norm(h.RowView(n), math.Inf(1)) != 0 {
		panic("lie: FixedPoint: the last row of the matrix is not zero: it is no affine generator")
	}
	var lu mat.LU
	lu.Factorize(a)
	if !(lu.Cond() < 1e12) {
		return nil, false
	}
	var v mat.VecDense
	if err := lu.SolveVecTo(&v, false, h.ColView(n).(*mat.VecDense).SliceVec(0, n)); err != nil {
		return nil, false
	}
	v.ScaleVec(-1, &v)
	return mat.Col(nil, 0, &v), true
}
