package planar

import (
	"math"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/plot/plotter"

	"github.com/liegg/lab/plotting/internal/numbers"
)

const (
	orbitStep     = 0.03 // in units of the plane's radius
	orbitTurn     = 0.08 // radians per step, roughly
	orbitSteps    = 500  // in each direction
	orbitDistance = 0.19 // between an orbit and the next start, in units of the plane's radius
)

// Orbits returns orbits exp(tH)x₀ of f that fill the plane evenly. A start is
// skipped if an earlier orbit already passes near it (after Jobard and Lefer
// 1997, "Creating Evenly-Spaced Streamlines of Arbitrary Density").
func (f Affine) Orbits(p Square) (all []plotter.XYs) {
	for _, start := range starts(p) {
		if passes(all, start, orbitDistance*p.Radius) {
			continue
		}
		if o := f.orbit(p, start); len(o) > 2 {
			all = append(all, o)
		}
	}
	return all
}

// starts returns five rings of eight points about the middle.
func starts(p Square) (xys plotter.XYs) {
	for _, r := range []float64{0.2, 0.4, 0.6, 0.8, 0.97} {
		for k := range 8 {
			sin, cos := math.Sincos(float64(k) * math.Pi / 4)
			xys = append(xys, plotter.XY{X: p.X + r*p.Radius*cos, Y: p.Y + r*p.Radius*sin})
		}
	}
	return xys
}

func passes(all []plotter.XYs, q plotter.XY, distance float64) bool {
	for _, o := range all {
		for _, r := range o {
			if math.Hypot(q.X-r.X, q.Y-r.Y) < distance {
				return true
			}
		}
	}
	return false
}

// orbit follows f from start forwards and, unless the orbit closes,
// backwards.
func (f Affine) orbit(p Square, start plotter.XY) plotter.XYs {
	forward, around := f.follow(p, start, 1)
	if around {
		return forward
	}
	backward, _ := f.follow(p, start, -1)
	o := make(plotter.XYs, 0, len(forward)+len(backward))
	for i := len(backward) - 1; i > 0; i-- {
		o = append(o, backward[i])
	}
	return append(o, forward...)
}

// follow returns start, exp(±t₁H)start, exp(±t₂H)start, … until the orbit
// leaves the plane, closes, comes to rest or has taken orbitSteps. Each step
// is the exact flow over a time that keeps it short and straight, so a spiral
// visibly misses its start after one turn.
func (f Affine) follow(p Square, start plotter.XY, sign float64) (o plotter.XYs, around bool) {
	u, v := f.at(start.X, start.Y)
	rest, turned := 1e-3*math.Hypot(u, v), 0.0
	x, y := start.X, start.Y
	o = plotter.XYs{start}
	for range orbitSteps {
		speed := math.Hypot(u, v)
		if !(speed > rest) || !p.Contains(x, y, 1.05) {
			return o, false
		}
		x, y = f.flow(x, y, sign*min(orbitStep*p.Radius/speed, orbitTurn/f.norm()))
		o = append(o, plotter.XY{X: x, Y: y})
		u1, v1 := f.at(x, y)
		turned += math.Atan2(u*v1-v*u1, u*u1+v*v1)
		if u, v = u1, v1; math.Abs(turned) > 2*math.Pi {
			return o, true
		}
	}
	return o, false
}

// flow returns exp(tH)(x, y), for times in which the linear part turns and
// stretches little.
func (f Affine) flow(x, y, t float64) (float64, float64) { return f.Exp(t)(x, y) }

// Exp returns exp(tH). The homogeneous coordinate is scaled to the length of
// the translation, which may be long. Otherwise mat.Dense.Exp would halve the
// matrix many times, and double its rounding errors as often.
func (f Affine) Exp(t float64) func(x, y float64) (float64, float64) {
	unit := numbers.Positive(math.Abs(t) * math.Hypot(f.b[0], f.b[1]))
	var e mat.Dense
	e.Exp(f.homogeneous(t, unit))
	return func(x, y float64) (float64, float64) {
		return e.At(0, 0)*x + e.At(0, 1)*y + e.At(0, 2)*unit, e.At(1, 0)*x + e.At(1, 1)*y + e.At(1, 2)*unit
	}
}
