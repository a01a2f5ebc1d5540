package planar

import (
	"math"
	"testing"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/plot/plotter"
)

// Orbits keep what the flow keeps: x² + y² for a rotation, x y for a saddle, a
// line for a translation, 4x² + y² for a rotation in other coordinates.
func TestOrbitsKeepInvariants(t *testing.T) {
	for name, test := range map[string]struct {
		m         []float64
		invariant func(x, y float64) float64
	}{
		"rotation":    {[]float64{0, -1, 0, 1, 0, 0, 0, 0, 0}, func(x, y float64) float64 { return x*x + y*y }},
		"about (1,2)": {[]float64{0, -3, 6, 3, 0, -3, 0, 0, 0}, func(x, y float64) float64 { return (x-1)*(x-1) + (y-2)*(y-2) }},
		"saddle":      {[]float64{1, 0, 0, 0, -1, 0, 0, 0, 0}, func(x, y float64) float64 { return x * y }},
		"translation": {[]float64{0, 0, 2, 0, 0, 1, 0, 0, 0}, func(x, y float64) float64 { return x - 2*y }},
		"ellipse":     {[]float64{0, -1, 0, 4, 0, 0, 0, 0, 0}, func(x, y float64) float64 { return 4*x*x + y*y }},
	} {
		t.Run(name, func(t *testing.T) {
			f := NewAffine("test", mat.NewDense(3, 3, test.m))
			all := f.Orbits(Square{Radius: 3})
			if len(all) < 4 {
				t.Errorf("%d orbits do not fill the plane", len(all))
			}
			for _, o := range all {
				checkInvariant(t, o, test.invariant)
			}
		})
	}
}

func checkInvariant(t *testing.T, o plotter.XYs, invariant func(x, y float64) float64) {
	t.Helper()
	want := invariant(o[0].X, o[0].Y)
	for _, p := range o {
		if got := invariant(p.X, p.Y); math.Abs(got-want) > 1e-9 {
			t.Fatalf("the invariant moves from %v to %v", want, got)
		}
	}
}

// Orbits of translations are straight, and circles about a far centre round, whatever
// the unit of length.
func TestOrbitsInAnyUnit(t *testing.T) {
	for _, unit := range []float64{1e-200, 1e-16, 1, 1e16, 1e200} {
		p := Square{Radius: unit}
		straight := Affine{b: [2]float64{1, 0}}.Orbits(p)
		round := Affine{a: [2][2]float64{{0, -1}, {1, 0}}, b: [2]float64{0, 3 * unit}}.Scaled().Orbits(p) // about (−3, 0)
		if len(straight) < 4 || len(round) < 4 {
			t.Errorf("unit %g: %d straight and %d round orbits", unit, len(straight), len(round))
		}
		for _, o := range straight {
			for _, x := range o {
				if x.Y != o[0].Y {
					t.Fatalf("unit %g: a straight orbit goes from %v to %v", unit, o[0], x)
				}
			}
		}
		radius := func(x plotter.XY) float64 { return math.Hypot(x.X/unit+3, x.Y/unit) }
		for _, o := range round {
			for _, x := range o {
				if math.Abs(radius(x)-radius(o[0])) > 1e-12 {
					t.Fatalf("unit %g: a circle goes from %v to %v", unit, o[0], x)
				}
			}
		}
	}
}

// The orbit exp(tH)x₀ of a rotation comes back. The orbit of a spiral does not, and is drawn for
// one turn.
func TestOrbitGoesAroundOnce(t *testing.T) {
	gap := func(trace float64) float64 {
		f := NewAffine("test", mat.NewDense(2, 2, []float64{trace, -1, 1, trace}))
		o := f.orbit(Square{Radius: 5}, plotter.XY{X: 1})
		return math.Hypot(o[len(o)-1].X, o[len(o)-1].Y) - 1
	}
	if g := gap(0); math.Abs(g) > 1e-9 {
		t.Errorf("the circle misses its radius by %v", g)
	}
	if g, want := gap(0.05), math.Exp(0.05*2*math.Pi)-1; math.Abs(g-want) > 0.01 {
		t.Errorf("the spiral widens by %v in a turn, want %v", g, want)
	}
}

func TestFixedPoint(t *testing.T) {
	f := NewAffine("test", mat.NewDense(3, 3, []float64{0, -1, 2, 1, 0, -1, 0, 0, 0}))
	if x, y, ok := f.FixedPoint(); !ok || math.Abs(x-1) > 1e-12 || math.Abs(y-2) > 1e-12 {
		t.Errorf("fixed point (%v, %v), %v, want (1, 2)", x, y, ok)
	}
	shear := NewAffine("test", mat.NewDense(2, 2, []float64{0, 1, 0, 0}))
	if _, _, ok := shear.FixedPoint(); ok {
		t.Error("a shear has a line of fixed points, not one")
	}
}

func TestInterpolateIsExactForLinear(t *testing.T) {
	p := Square{X: 1, Y: -2, Radius: 3}
	s := Sample(func(x, y float64) float64 { return 2*x - y }, p)
	for _, q := range [][2]float64{{1, -2}, {-2, -5}, {4, 1}, {0.123, -1.7}} {
		if got, want := interpolate(s, q[0], q[1]), 2*q[0]-q[1]; math.Abs(got-want) > 1e-12 {
			t.Errorf("at %v: %v, want %v", q, got, want)
		}
	}
	if got := interpolate(s, 5, 0); !math.IsNaN(got) {
		t.Errorf("outside the grid: %v, want NaN", got)
	}
}
