package lie_test

import (
	"math"
	"testing"

	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/internal/linalg"
	"github.com/liegg/lab/liegg/lie"
	"github.com/liegg/lab/liegg/lie/internal/examples"
)

func TestExpIsAOneParameterGroup(t *testing.T) {
	for _, a := range algebras() {
		h := a.Generator(coefficients(a.Dim()))
		var product mat.Dense
		product.Mul(lie.Exp(h, .4), lie.Exp(h, -1.1))
		if d := examples.Distance(&product, lie.Exp(h, .4-1.1)); d > 1e-13 {
			t.Errorf("%s: exp(sH)·exp(tH) differs from exp((s+t)H) by %g", a.Name(), d)
		}
	}
}

func TestExpDerivativeIsTheGenerator(t *testing.T) {
	h := lie.GL(3).Generator(coefficients(9))
	const ε = 1e-5
	var d mat.Dense
	d.Sub(lie.Exp(h, ε), lie.Exp(h, -ε))
	d.Scale(1/(2*ε), &d)
	if r := examples.Distance(&d, h); r > 1e-9 {
		t.Errorf("derivative at 0 differs by %g", r)
	}
}

func TestOrbitOfARotationIsACircle(t *testing.T) {
	h := lie.UnitSpeed(lie.SO(2).Basis()[0])
	ts := []float64{0, math.Pi / 6, math.Pi / 2, 2 * math.Pi}
	for i, x := range lie.Orbit(h, []float64{2, 0}, ts) {
		if math.Hypot(x[0]-2*math.Cos(ts[i]), x[1]-2*math.Sin(ts[i])) > 1e-14 {
			t.Errorf("at t = %g the point is %v", ts[i], x)
		}
	}
}

func TestOrbitOfAnAffineMap(t *testing.T) {
	h := mat.NewDense(3, 3, []float64{0, -1, 2, 1, 0, -1, 0, 0, 0}) // about the point (1, 2)
	c, ok := lie.FixedPoint(h)
	if !ok || math.Hypot(c[0]-1, c[1]-2) > 1e-15 {
		t.Fatalf("fixed point %v, %v", c, ok)
	}
	for _, x := range lie.Orbit(h, []float64{4, 6}, []float64{0, 1, 2}) {
		if len(x) != 2 || math.Abs(math.Hypot(x[0]-c[0], x[1]-c[1])-5) > 1e-13 {
			t.Errorf("point %v is not 5 away from the centre", x)
		}
	}
}

func TestNoFixedPoint(t *testing.T) {
	almost := mat.NewDense(3, 3, []float64{1, 1, 1, 1, 1 + 1e-14, 0, 0, 0, 0})
	for _, h := range append(lie.Translations(2).Basis(), lie.SE(3).Basis()[0], almost) {
		if x, ok := lie.FixedPoint(h); ok {
			t.Errorf("fixed point %v of\n%v", x, mat.Formatted(h))
		}
	}
}

func TestLinearPart(t *testing.T) {
	for k, h := range lie.SE(3).Basis() {
		if b := lie.Bias(lie.LinearPart(h)); b > 1e-15 {
			t.Errorf("generator %d of se(3) has bias %g", k, b)
		}
	}
}

func TestUnitSpeed(t *testing.T) {
	so4 := lie.SO(4).Generator([]float64{3, 0, 0, 0, 0, 1}) // frequencies 3 and 1, over √2
	for name, c := range map[string]struct{ h, want *mat.Dense }{
		"rotation":    {lie.SO(2).Basis()[0], mat.NewDense(2, 2, []float64{0, -1, 1, 0})},
		"boost":       {lie.SOpq(1, 1).Basis()[0], mat.NewDense(2, 2, []float64{0, 1, 1, 0})},
		"scaling":     {lie.Scaling(3).Basis()[0], linalg.Identity(3)},
		"translation": {mat.NewDense(2, 2, []float64{0, 7, 0, 0}), mat.NewDense(2, 2, []float64{0, 1, 0, 0})},
		"zero":        {mat.NewDense(2, 2, nil), mat.NewDense(2, 2, nil)},
		"so(4)":       {so4, examples.Scaled(math.Sqrt2/3, so4)},
	} {
		if d := examples.Distance(lie.UnitSpeed(c.h), c.want); d > 1e-14 {
			t.Errorf("%s: off by %g:\n%v", name, d, mat.Formatted(lie.UnitSpeed(c.h)))
		}
	}
}

func TestUnitSpeedClosesAfterAFullTurn(t *testing.T) {
	full := lie.Exp(lie.UnitSpeed(lie.SO(3).Generator([]float64{1, -2, .5})), 2*math.Pi)
	if d := examples.Distance(full, linalg.Identity(3)); d > 1e-13 {
		t.Errorf("exp(2πH) differs from 1 by %g", d)
	}
}

// A learned rotation is a little off; its speed must not jump for that.
func TestUnitSpeedOfANearlyCompactGenerator(t *testing.T) {
	h := mat.NewDense(2, 2, []float64{.01, -.70, .72, .02})
	u := lie.UnitSpeed(h)
	ω := math.Sqrt(.01*.02 + .70*.72 - .015*.015) // √(det − (tr/2)²), the imaginary part
	if math.Abs(u.At(1, 0)-.72/ω) > 1e-14 {
		t.Errorf("scaled to\n%v", mat.Formatted(u))
	}
}

// Rounding must not make an affine map a projective one.
func TestExpOfAffineStaysAffine(t *testing.T) {
	h := mat.NewDense(3, 3, []float64{.1, -.7, .3, .68, -.02, -.9, 0, 0, 0})
	for _, time := range []float64{0, .3, 2, 40} {
		e := lie.Exp(h, time)
		if e.At(2, 0) != 0 || e.At(2, 1) != 0 || e.At(2, 2) != 1 {
			t.Errorf("exp(%g·h) ends with the row %v", time, e.RawRowView(2))
		}
	}
}
