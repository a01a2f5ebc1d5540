package plotting

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"

	"github.com/liegg/lab/plotting/internal/axes"
	"github.com/liegg/lab/plotting/internal/look"
	"github.com/liegg/lab/plotting/internal/numbers"
)

// A Plane is the square part of the plane that Field, Function, LevelSets and
// Surface show.
// The zero value shows |x| ≤ 1, |y| ≤ 1 with y upwards.
type Plane struct {
	// X and Y are the coordinates of the middle of the square.
	X, Y float64

	// Radius is half the side of the square. Zero means 1.
	Radius float64

	// Down makes y point down, as in images: x to the right, y down, both
	// measured from the centre of the image, usually in pixels.
	Down bool
}

// PixelPlane returns the Plane of an image with the given number of pixels
// per side: the origin in the centre of the image and y down.
func PixelPlane(pixels int) Plane {
	return Plane{Radius: float64(pixels) / 2, Down: true}
}

// checked returns p with its default filled in. It panics if p is not a
// square.
func (p Plane) checked(caller string) Plane {
	if p.Radius == 0 {
		p.Radius = 1
	}
	if !(p.Radius > 0) || !numbers.Finite(math.Abs(p.X)+p.Radius) || !numbers.Finite(math.Abs(p.Y)+p.Radius) {
		panic(fmt.Sprintf("plotting: %s: plane %+v: want finite numbers, its ends too, and Radius ≥ 0", caller, p))
	}
	return p
}

// contains reports whether (x, y) lies in the square grown by a factor.
func (p Plane) contains(x, y, factor float64) bool {
	return math.Abs(x-p.X) <= factor*p.Radius && math.Abs(y-p.Y) <= factor*p.Radius
}

// newChart returns an empty chart of the plane.
func (p Plane) newChart() *Chart {
	c := newChart(look.MapWidth, look.MapHeight).Labelled("x", "y")
	c.equal = true
	c.X.Min, c.X.Max = p.X-p.Radius, p.X+p.Radius
	c.Y.Min, c.Y.Max = p.Y-p.Radius, p.Y+p.Radius
	for _, a := range []*plot.Axis{&c.X, &c.Y} {
		a.Padding = vg.Length(2)
	}
	if p.Down {
		c.Y.Scale = plot.InvertedScale{Normalizer: axes.LinearScale{}}
	}
	return c
}

// An affine is the vector field v(x) = a x + b of the plane.
type affine struct {
	a [2][2]float64
	b [2]float64
}

// newAffine reads the field from a 2×2 matrix a, or from the homogeneous 3×3
// matrix (a b; 0 0 0).
func newAffine(caller string, m mat.Matrix) (f affine) {
	rows, cols := dims(caller, m)
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

func (f affine) at(x, y float64) (u, v float64) {
	return f.a[0][0]*x + f.a[0][1]*y + f.b[0], f.a[1][0]*x + f.a[1][1]*y + f.b[1]
}

// largest returns the largest absolute number of the field, or Inf or NaN if
// it holds any.
func (f affine) largest() (largest float64) {
	for _, v := range []float64{f.a[0][0], f.a[0][1], f.a[1][0], f.a[1][1], f.b[0], f.b[1]} {
		largest = max(largest, math.Abs(v))
	}
	return largest
}

// scaled returns the field divided by a power of two, so that its largest
// number is about 1. The picture of a field does not depend on its speed,
// which may overflow.
func (f affine) scaled() affine {
	_, exponent := math.Frexp(f.largest())
	for i := range 2 {
		f.a[i][0], f.a[i][1] = math.Ldexp(f.a[i][0], -exponent), math.Ldexp(f.a[i][1], -exponent)
		f.b[i] = math.Ldexp(f.b[i], -exponent)
	}
	return f
}

// norm returns the Frobenius norm of the linear part.
func (f affine) norm() float64 {
	return math.Hypot(math.Hypot(f.a[0][0], f.a[0][1]), math.Hypot(f.a[1][0], f.a[1][1]))
}

// homogeneous returns t (a b; 0 0 0) for a homogeneous coordinate of the given size.
func (f affine) homogeneous(t, unit float64) *mat.Dense {
	return mat.NewDense(3, 3, []float64{
		t * f.a[0][0], t * f.a[0][1], t * f.b[0] / unit,
		t * f.a[1][0], t * f.a[1][1], t * f.b[1] / unit,
		0, 0, 0,
	})
}

// fixedPoint solves a x = −b. ok is false if a is singular to within a
// condition number of 10⁶.
func (f affine) fixedPoint() (x, y float64, ok bool) {
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
