package dataset

import (
	"errors"
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"
)

// ErrSingular is wrapped by the error of a map of the plane that has no inverse, so that no image can be pulled back.
var ErrSingular = errors.New("the map of the plane is singular or not finite")

// Plane is the plane of an image of Height × Width pixels, the coordinates that all image code shares: points
// p = (x to the right, y down), measured from the true centre ((Width−1)/2, (Height−1)/2) in units of
// max(Height, Width)/2 pixels. So the image reaches from about −1 to 1, as in the authors' index/14 − 1, which
// lies half a pixel off for 28×28.
type Plane struct{ Height, Width int }

// Unit returns the pixels in one unit of the plane.
func (p Plane) Unit() float64 { return float64(max(p.Height, p.Width)) / 2 }

// Point returns the point of the plane at the middle of the pixel (row, col); fractions are allowed.
func (p Plane) Point(row, col float64) (x, y float64) {
	cx, cy := p.centre()
	return (col - cx) / p.Unit(), (row - cy) / p.Unit()
}

// Pixel returns where the point (x, y) lies among the pixels, the inverse of Point.
func (p Plane) Pixel(x, y float64) (row, col float64) {
	cx, cy := p.centre()
	return y*p.Unit() + cy, x*p.Unit() + cx
}

func (p Plane) centre() (cx, cy float64) { return float64(p.Width-1) / 2, float64(p.Height-1) / 2 }

// Rotation returns the map of the plane that turns x towards y by an angle in radians: clockwise as seen, as y points
// down.
func Rotation(angle float64) *mat.Dense {
	sin, cos := math.Sincos(angle)
	return mat.NewDense(2, 2, []float64{cos, -sin, sin, cos})
}

// Warp returns an image of h×w pixels moved by the map m of its [Plane], a 2×2 matrix or a 3×3 affine one in
// homogeneous coordinates:
//
//	(m·I)(p) = I(m⁻¹·p)
//
// with bilinear interpolation, and the background around the image. Warp(I, exp(tH)) for growing t is the strip of an
// image along the group that H generates. It returns an error that wraps [ErrSingular] if m has no inverse, and panics
// if image is not h·w long or m is no such matrix.
func Warp(image []float32, h, w int, m mat.Matrix, background float32) ([]float32, error) {
	plane := Plane{h, w}
	if h < 1 || w < 1 || len(image) != h*w {
		panic(fmt.Sprintf("dataset: Warp: an image of %d×%d has not %d pixels", h, w, len(image)))
	}
	pull, err := plane.pullback(m)
	if err != nil {
		return nil, err
	}
	moved := make([]float32, h*w)
	newWarper(plane, background).warp(moved, image, pull)
	return moved, nil
}

// pullback returns m⁻¹ among the pixels: from where each pixel of the moved image takes its value.
func (p Plane) pullback(m mat.Matrix) (pullback, error) {
	a, b, c, d, tx, ty := planeMap(m)
	det := a*d - b*c
	// Rounding of det is about 1e-16 of the squared entries: below that nothing tells m from a singular map.
	if !(math.Abs(det) > 1e-14*(a*a+b*b+c*c+d*d)) || math.IsInf(det, 0) || math.IsNaN(tx+ty) || math.IsInf(tx+ty, 0) {
		return pullback{}, fmt.Errorf("dataset: %w: [%g %g; %g %g] + (%g, %g); take a smaller step along the group",
			ErrSingular, a, b, c, d, tx, ty)
	}
	inv := pullback{xx: d / det, xy: -b / det, yx: -c / det, yy: a / det}
	cx, cy := p.centre()
	// m⁻¹p = A⁻¹(p − t), with p and t in pixels from the centre.
	dx, dy := -cx-tx*p.Unit(), -cy-ty*p.Unit()
	inv.x0 = inv.xx*dx + inv.xy*dy + cx
	inv.y0 = inv.yx*dx + inv.yy*dy + cy
	return inv, nil
}

// planeMap takes a 2×2 or an affine 3×3 matrix apart: [a b; c d] and the translation (tx, ty).
func planeMap(m mat.Matrix) (a, b, c, d, tx, ty float64) {
	rows, cols := m.Dims()
	if rows != cols || rows != 2 && rows != 3 {
		panic(fmt.Sprintf("dataset: Warp: m is %d×%d, not 2×2 or 3×3", rows, cols))
	}
	if rows == 3 {
		if m.At(2, 0) != 0 || m.At(2, 1) != 0 || m.At(2, 2) != 1 {
			panic("dataset: Warp: the last row of an affine m is not (0, 0, 1)")
		}
		tx, ty = m.At(0, 2), m.At(1, 2)
	}
	return m.At(0, 0), m.At(0, 1), m.At(1, 0), m.At(1, 1), tx, ty
}
