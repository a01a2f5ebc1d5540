package action_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/liegg/lab/liegg/action"
)

// cloud is n·size numbers of N(0,1).
func cloud(seed uint64, n int) []float64 { return random(rand.New(rand.NewPCG(seed, 0)), n) }

// Along ∂ₓ + 2x∂ᵧ the point (x, y) moves to (x + t, y + 2xt + t²), and y − x² stays,
// there and back.
func TestOrbitsOfParabola(t *testing.T) {
	p := action.Polynomial(2, 1, 2)
	h := make([]float64, p.Dim())
	h[5], h[6] = 1, 2
	start := cloud(21, 400)
	o := action.NewOrbits(p, h, start, start, 2)
	o.Advance(.3)
	o.Advance(.2)
	for i, now := 0, o.Inputs(); i < len(start); i += 2 {
		x, y := start[i], start[i+1]
		if now[i] == x+.5 || math.Abs(now[i]-x-.5) < 1e-10 {
			if want := y + x + .25; math.Abs(now[i+1]-want) > 1e-9 {
				t.Fatalf("(%g, %g) moved to y = %g, want %g", x, y, now[i+1], want)
			}
		}
		if now[i] < x || now[i] > x+.5+1e-10 || math.Abs(now[i+1]-now[i]*now[i]-y+x*x) > 1e-9 {
			t.Fatalf("(%g, %g) left its orbit for (%g, %g)", x, y, now[i], now[i+1])
		}
	}
	if s := o.Stopped(); s == 0 || s > .15 {
		t.Errorf("%g of the orbits have come to the edge", s)
	}
	back := o.Clone()
	back.Advance(-.5)
	for i, now := 0, back.Inputs(); i < len(start); i += 2 {
		if o.Inputs()[i] > start[i]+.5-1e-9 && math.Hypot(now[i]-start[i], now[i+1]-start[i+1]) > 1e-9 && back.Stopped() == o.Stopped() {
			t.Fatalf("(%g, %g) came back to (%g, %g)", start[i], start[i+1], now[i], now[i+1])
		}
	}
}

// x²∂ takes x to x/(1 − tx), to infinity at t = 1/x: orbits stop at the edge before.
func TestOrbitsThatBlowUp(t *testing.T) {
	p := action.Polynomial(1, 1, 2) // x, x², 1
	start := cloud(22, 500)
	o := action.NewOrbits(p, []float64{0, 1, 0}, start, start, 1)
	o.Advance(2)
	moved := 0
	for i, x := range o.Inputs() {
		if math.IsNaN(x) || math.Abs(x) > 4 {
			t.Fatalf("%g went to %g", start[i], x)
		}
		if want := start[i] / (1 - 2*start[i]); start[i] < .3 && math.Abs(x-want) < 1e-10 {
			moved++
		}
	}
	if stopped := o.Stopped(); stopped < .25 || stopped > .5 || moved < 250 {
		t.Errorf("%g of the orbits stopped, %d arrived; N(0,1) has a third above ½", stopped, moved)
	}
}

// The field of a rotation takes about a hundred steps per turn. Its orbits stop if there are too many
// turns, or if its speed nearly overflows.
func TestOrbitsOfFastFields(t *testing.T) {
	p := action.Polynomial(2, 1, 1) // x, y, 1 for either coordinate
	start := cloud(24, 40)
	for speed, stops := range map[float64]bool{0: false, 1: false, 20: false, 1e5: true, 1e12: true, 1e300: true, 1e-300: false} {
		o := action.NewOrbits(p, []float64{0, -speed, 0, speed, 0, 0}, start, start, 2)
		o.Advance(2 * math.Pi)
		if s := o.Stopped(); (s > .5) != stops {
			t.Errorf("speed %g: %g of the orbits stopped", speed, s)
		}
	}
}

// Orbits are the group that Agrees compares velocities with.
func TestPolynomialsAgreeWithTheirOrbits(t *testing.T) {
	x := normal(rand.New(rand.NewPCG(23, 0)), 2, 2)
	if err := action.Agrees(backend(), action.Polynomial(2, 2, 3), x, nil); err != nil {
		t.Error(err)
	}
}
