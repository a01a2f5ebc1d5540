package lie

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/lie/internal/check"
)

// LinearPart returns A of an affine generator [A b; 0 0]: a copy of h without
// its last row and column. It panics if h is smaller than 2×2.
func LinearPart(h *mat.Dense) *mat.Dense {
	n := check.Square("LinearPart", h)
	check.AtLeast("LinearPart: size of the matrix", n, 2)
	return mat.DenseCopyOf(h.Slice(0, n-1, 0, n-1))
}

// TranslationBy returns the matrix of x ↦ x + c in homogeneous coordinates.
func TranslationBy(c ...float64) *mat.Dense {
	n := len(c)
	q := mat.NewDense(n+1, n+1, nil)
	for i, v := range c {
		q.Set(i, i, 1)
		q.Set(i, n, v)
	}
	q.Set(n, n, 1)
	return q
}

// FixedPoint returns the point x = −A⁻¹b of R^n that the flow of an affine
// generator h = [A b; 0 0] leaves in place, in the coordinates that h acts
// on. ok is false if there is no single such point because A is singular to
// 1e-12, as for translations or rotations about an axis. FixedPoint panics if
// h is smaller than 2×2 or its last row is not zero.
func FixedPoint(h *mat.Dense) (x []float64, ok bool) {
	a := LinearPart(h)
	n, _ := a.Dims()
	if mat.Norm(h.RowView(n), math.Inf(1)) != 0 {
		panic("lie: FixedPoint: the last row of the matrix is not zero, so it is not an affine generator")
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

// CommonFixedPoint returns the point x of Rⁿ with A·x + b = 0 for all affine
// generators [A b; 0 0] of an algebra. The coordinates should be scaled so
// that the data are of order 1.
//
// ok is false if there is no single such point to within the tolerance, which
// is relative to the largest of A and b. The smallest singular value of all A
// stacked must exceed it, which keeps x within 1/tolerance of the origin, and
// the residual A·x + b must not.
//
// CommonFixedPoint panics unless the algebra is homogeneous and the tolerance
// positive.
func CommonFixedPoint(a Algebra, tolerance float64) (x []float64, ok bool) {
	if !a.Homogeneous() || !(tolerance > 0) {
		panic(fmt.Sprintf("lie: CommonFixedPoint: want a homogeneous algebra and a tolerance above 0, got %v and %g", a, tolerance))
	}
	n := a.n - 1
	if a.Dim() == 0 || n == 0 {
		return nil, false
	}
	linear, shift := mat.NewDense(a.Dim()*n, n, nil), mat.NewDense(a.Dim()*n, 1, nil)
	for k, h := range a.basis {
		linear.Slice(k*n, (k+1)*n, 0, n).(*mat.Dense).Copy(h.Slice(0, n, 0, n))
		for i := range n {
			shift.Set(k*n+i, 0, -h.At(i, n))
		}
	}
	var svd mat.SVD
	if !svd.Factorize(linear, mat.SVDThin) {
		return nil, false
	}
	largest := max(mat.Norm(linear, 2), mat.Norm(shift, 2))
	if !(svd.Values(nil)[n-1] > tolerance*largest) {
		return nil, false
	}
	var p, rest mat.Dense
	svd.SolveTo(&p, shift, n)
	rest.Mul(linear, &p)
	rest.Sub(&rest, shift)
	return mat.Col(nil, 0, &p), mat.Norm(&rest, 2) <= tolerance*largest
}

// PointText formats a point as "(465000, −3.5)". Digits below the resolution
// are left out; a resolution of 0 gives ten significant digits.
func PointText(x []float64, resolution float64) string {
	words := make([]string, len(x))
	for i, v := range x {
		least := resolution
		if least == 0 {
			least = 1e-9 * math.Abs(v)
		}
		words[i] = decimal(v, least)
	}
	return "(" + strings.Join(words, ", ") + ")"
}

// decimal writes v rounded to the decade of least, without an exponent if
// that is short.
func decimal(v, least float64) string {
	digits := 0
	if least > 0 && least < 1 {
		digits = int(math.Ceil(-math.Log10(least)))
	}
	if size := math.Abs(v); size >= 1e15 || digits > 15 {
		return strings.Replace(strconv.FormatFloat(v, 'g', 3, 64), "-", "−", 1)
	}
	text := strconv.FormatFloat(v, 'f', digits, 64)
	if strings.Contains(text, ".") {
		text = strings.TrimRight(strings.TrimRight(text, "0"), ".")
	}
	if text == "-0" {
		text = "0"
	}
	return strings.Replace(text, "-", "−", 1)
}
