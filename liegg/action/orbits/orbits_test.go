package orbits

import (
	"math"
	"testing"
)

func unbounded([]float64) float64 { return 0 }

// Orbits of fields whose flows are known in closed form: rotations, scalings, and x² ∂/∂x, which
// reaches infinity at t = 1/x.
func TestOrbitsFollowKnownFlows(t *testing.T) {
	rotation := New(func(v, x []float64) { v[0], v[1] = -x[1], x[0] }, []float64{1, 2, -3, .5}, 2, unbounded)
	back := rotation.Clone()
	for range 4 {
		rotation.Advance(math.Pi / 8)
	}
	equal(t, "a quarter turn", rotation.Inputs(), []float64{-2, 1, -.5, -3})
	back.Advance(-math.Pi / 2)
	equal(t, "a quarter turn back", back.Inputs(), []float64{2, -1, .5, 3})
	rotation.Advance(-math.Pi / 2)
	equal(t, "there and back", rotation.Inputs(), []float64{1, 2, -3, .5})

	square := New(func(v, x []float64) { v[0] = x[0] * x[0] }, []float64{1, .1, -1}, 1, unbounded)
	square.Advance(.5)
	equal(t, "x/(1 − tx)", square.Inputs(), []float64{2, .1 / .95, -1 / 1.5})
	if square.Stopped() != 0 {
		t.Errorf("%v stopped before infinity", square.Stopped())
	}
	square.Advance(1)
	if square.Stopped() != 1./3 {
		t.Errorf("%v stopped, want the one that reaches infinity", square.Stopped())
	}
}

// An orbit stops before it leaves the range, and those that start outside may go as far as they are.
func TestOrbitsStopAtTheEdge(t *testing.T) {
	o := New(func(v, x []float64) { v[0] = x[0] }, []float64{.1, .9, 3}, 1, func(x []float64) float64 { return math.Abs(x[0]) })
	o.Advance(1)
	if x := o.Inputs(); math.Abs(x[0]-.1*math.E) > 1e-9 || x[1] > 1 || x[2] > 3 {
		t.Errorf("inputs at %v", x)
	}
	if got := o.Stopped(); got != 2./3 {
		t.Errorf("%v stopped, want two of three", got)
	}
}

func equal(t *testing.T, what string, got, want []float64) {
	t.Helper()
	for i := range want {
		if math.Abs(got[i]-want[i]) > 1e-9 {
			t.Errorf("%s: %v, want %v", what, got, want)
			return
		}
	}
}
