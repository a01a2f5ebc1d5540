package dataset

import (
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"gonum.org/v1/gonum/mat"
)

// blob returns an image of a smooth bump at the point (x, y), of radius .15.
func blob(p Plane, x, y float64) []float32 {
	image := make([]float32, p.Height*p.Width)
	for i := range image {
		px, py := p.Point(float64(i/p.Width), float64(i%p.Width))
		image[i] = float32(math.Exp(-((px-x)*(px-x) + (py-y)*(py-y)) / (2 * .15 * .15)))
	}
	return image
}

// centroid returns the centre of mass of an image in the plane.
func centroid(p Plane, image []float32) (x, y float64) {
	var sum float64
	for i, v := range image {
		px, py := p.Point(float64(i/p.Width), float64(i%p.Width))
		x, y, sum = x+px*float64(v), y+py*float64(v), sum+float64(v)
	}
	return x / sum, y / sum
}

func largestDifference(a, b []float32) (largest float64) {
	for i := range a {
		largest = max(largest, math.Abs(float64(a[i]-b[i])))
	}
	return largest
}

func TestPlaneIsCentredAndInvertible(t *testing.T) {
	p := Plane{28, 20}
	if x, y := p.Point(13.5, 9.5); x != 0 || y != 0 {
		t.Errorf("the centre is at (%g, %g)", x, y)
	}
	if x, y := p.Point(13.5, 9.5+14); x != 1 || y != 0 {
		t.Errorf("14 pixels to the right is (%g, %g), want (1, 0)", x, y)
	}
	if row, col := p.Pixel(p.Point(3, 17)); math.Abs(row-3) > 1e-14 || math.Abs(col-17) > 1e-14 {
		t.Errorf("pixel (3, 17) comes back as (%g, %g)", row, col)
	}
}

func TestWarpMovesPointsByTheMap(t *testing.T) {
	p := Plane{41, 33}
	for name, m := range map[string]*mat.Dense{
		"quarter":     Rotation(math.Pi / 2),
		"angle":       Rotation(.7),
		"shear":       mat.NewDense(2, 2, []float64{1, .5, 0, 1}),
		"scaling":     mat.NewDense(2, 2, []float64{1.3, 0, 0, .8}),
		"reflection":  mat.NewDense(2, 2, []float64{0, 1, 1, 0}),
		"translation": mat.NewDense(3, 3, []float64{1, 0, .2, 0, 1, -.3, 0, 0, 1}),
		"affine":      mat.NewDense(3, 3, []float64{.8, -.3, .1, .4, 1, .2, 0, 0, 1}),
	} {
		const x, y = .25, -.15
		moved, err := Warp(blob(p, x, y), p.Height, p.Width, m, 0)
		if err != nil {
			t.Fatal(err)
		}
		a, b, c, d, tx, ty := planeMap(m)
		gotX, gotY := centroid(p, moved)
		if off := math.Hypot(gotX-(a*x+b*y+tx), gotY-(c*x+d*y+ty)); off > .005 {
			t.Errorf("%s: the blob is at (%.3f, %.3f), %.3f away from m·p", name, gotX, gotY, off)
		}
	}
}

func TestWarpByOneIsExact(t *testing.T) {
	train, _ := realDigits(t)
	same, err := Warp(train.Image(0), 28, 28, Rotation(0), -1)
	if err != nil || !slices.Equal(same, train.Image(0)) {
		t.Errorf("the identity changed the image (%v)", err)
	}
}

func TestWarpShowsTheBackgroundOutside(t *testing.T) {
	away := mat.NewDense(3, 3, []float64{1, 0, 5, 0, 1, 0, 0, 0, 1})
	moved, err := Warp(make([]float32, 30), 5, 6, away, -.4)
	if err != nil || slices.ContainsFunc(moved, func(v float32) bool { return v != -.4 }) {
		t.Errorf("an image moved out of sight leaves %v (%v)", moved, err)
	}
}

func TestWarpRejects(t *testing.T) {
	image := make([]float32, 9)
	for name, m := range map[string]*mat.Dense{
		"zero":     mat.NewDense(2, 2, nil),
		"rank one": mat.NewDense(2, 2, []float64{.1, .2, .3, .6}),
		"NaN":      mat.NewDense(2, 2, []float64{1, math.NaN(), 0, 1}),
		"infinite": mat.NewDense(3, 3, []float64{1, 0, math.Inf(1), 0, 1, 0, 0, 0, 1}),
	} {
		if _, err := Warp(image, 3, 3, m, 0); !errors.Is(err, ErrSingular) {
			t.Errorf("%s: error %v", name, err)
		}
	}
	for name, misuse := range map[string]func(){
		"size":       func() { Warp(image, 3, 4, Rotation(0), 0) },
		"4×4":        func() { Warp(image, 3, 3, mat.NewDense(4, 4, nil), 0) },
		"projective": func() { Warp(image, 3, 3, mat.NewDense(3, 3, []float64{1, 0, 0, 0, 1, 0, .1, 0, 1}), 0) },
	} {
		if !panics(misuse) {
			t.Errorf("%s: no panic", name)
		}
	}
}

func TestRotatedIsTheWarpByExp(t *testing.T) {
	train, _ := realDigits(t)
	digits := train.Subset(0, 20).Normalised(MNISTMean, MNISTStd)
	rotated := digits.Rotated(rand.New(rand.NewPCG(9, 9)))
	for i, angle := range randomAngles(rand.New(rand.NewPCG(9, 9)), digits.Len()) {
		var exp mat.Dense
		exp.Exp(mat.NewDense(2, 2, []float64{0, -angle, angle, 0}))
		strip, err := Warp(digits.Image(i), 28, 28, &exp, digits.Background)
		if err != nil {
			t.Fatal(err)
		}
		if d := largestDifference(strip, rotated.Image(i)); d > 1e-5 {
			t.Errorf("digit %d turned by %.2f differs by %g from Warp(exp(tH))", i, angle, d)
		}
	}
}
