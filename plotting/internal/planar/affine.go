package planar

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/plotting/internal/numbers"
)

// Affine is the vector field v(x) = a x + b of the plane.
type Affine struct {
	a [2][2]float64
	b [2]float64
}

// NewAffine reads the field from a 2×2 matrix a, or from the homogeneous 3×3
// matrix (a b; 0 0 0).
func NewAffine(caller string, m mat.Matrix) (f Affine) {
	rows, cols := numbers.Dims(caller, m)
	if rows != cols || rows != 2 && rows != 3 {
		panic(fmt.Sprintf("plotting: %s: m is %d×%d, want 2×2 or 3×3", caller, rows, cols))
	}
	for i := range 2 {
		f.a[i] = [2]float64{m.At(i, 0), m.At(i, 1)}
		if rows == 3 {
			f.b[i] = m.At(i, 2)
		}
	}
	if rows == 3 && (m.At(2, 0) != 0 || m.At(2, 1) != 0 || m.At(2, 2) != 0) {
		panic("plotting: " + caller + ": m is 3×3 and its last row is not zero, so it is not an affine generator")
	}
	return f
}

func (f Affine) at(x, y float64) (u, v float64) {
	return f.a[0][0]*x + f.a[0][1]*y + f.b[0], f.a[1][0]*x + f.a[1][1]*y + f.b[1]
}

// Largest returns the largest absolute number of the field, or Inf or NaN if
// it holds any.
func (f Affine) Largest() (largest float64) {
	for _, v := range []float64{f.a[0][0], f.a[0][1], f.a[1][0], f.a[1][1], f.b[0], f.b[1]} {
		largest = max(largest, math.Abs(v))
	}
	return largest
}

// Scaled returns the field divided by a power of two, so that its largest
// number is about 1. The picture of a field does not depend on its speed,
// which may overflow.
func (f Affine) Scaled() Affine {
	_, exponent := math.Frexp(f.Largest())
	for i := range 2 {
		f.a[i][0], f.a[i][1] = math.Ldexp(f.a[i][0], -exponent), math.Ldexp(f.a[i][1], -exponent)
		f.b[i] = math.Ldexp(f.b[i], -exponent)
	}
	return f
}

// norm returns the Frobenius norm of the linear part.
func (f Affine) norm() float64 {
	return math.Hypot(math.Hypot(f.a[0][0], f.a[0][1]), math.Hypot(f.a[1][0], f.a[1][1]))
}

// homogeneous returns t (a b; 0 0 0) for a homogeneous coordinate of the given size.
func (f Affine) homogeneous(t, unit float64) *mat.Dense {
	return mat.NewDense(3, 3, []float64{
		t * f.a[0][0], t * f.a[0][1], t * f.b[0] / unit,
		t * f.a[1][0], t * f.a[1][1], t * f.b[1] / unit,
		0, 0, 0,
	})
}

// FixedPoint solves a x = −b. ok is false if a is singular to within a
// condition number of 10⁶.
func (f Affine) FixedPoint() (x, y float64, ok bool) {
	a := mat.NewDense(2, 2, []float64{f.a[0][0], f.a[0][1], f.a[1][0], f.a[1][1]})
	if cond := mat.Cond(a, 2); !(cond < 1e6) {
		return 0, 0, false
	}
	var p mat.VecDense
	if err := p.SolveVec(a, mat.NewVecDense(2, []float64{-f.b[0], -f.b[1]})); err != nil {
		return 0, 0, false
	}
	return p.AtVec(0), p.AtVec(1), true
}
