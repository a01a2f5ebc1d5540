package flow_test

import (
	"math"
	"testing"

	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/dataset/groundtruth"
	"github.com/liegg/lab/liegg/flow"
)

// A flow does not depend on the unit of t, even if squares of its speed overflow.
func TestFlowsInAnyUnitOfTime(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	c := groundtruth.Broken(.1)
	n := inGo(c.Graph)
	along := func(h *mat.Dense, unit float64) *flow.Curve {
		var fast mat.Dense
		fast.Scale(1/unit, h)
		return ok(flow.Along(n, action.Linear(3, 1), &fast, drawn(c, 200), flow.Settings{Reach: 2 * unit, Points: 3, Random: 2, Resamples: 50, Quiet: true}))(t)
	}
	h := flow.Rotation(3, 0, 1).H
	want := along(h, 1)
	for _, unit := range []float64{1e-300, 1e300} {
		got := along(h, unit)
		for i := range want.T {
			if math.Abs(got.T[i]/unit-want.T[i]) > 1e-6*want.T[i] || math.Abs(got.Delta[i]-want.Delta[i]) > 1e-6 || math.Abs(got.Random[i]-want.Random[i]) > 1e-6 {
				t.Errorf("in units of %g: t = %v, Δ = %v, random %v, want %v, %v, %v", unit, got.T, got.Delta, got.Random, want.T, want.Delta, want.Random)
			}
		}
	}
}

// A flow that leaves the data at once is followed that far.
func TestFlowsMuchTooFast(t *testing.T) {
	c := groundtruth.Broken(.1)
	h := mat.NewDense(3, 3, nil)
	h.Scale(1e16, flow.Scaling(3).H)
	curve := ok(flow.Along(inGo(c.Graph), action.Linear(3, 1), h, drawn(c, 200), flow.Settings{Points: 3, Random: 2, Resamples: 50, Quiet: true}))(t)
	if !(curve.Limit > 1e-18 && curve.Limit < 1e-15) || curve.T[2] != curve.Limit {
		t.Errorf("followed to %v, the data end at %g", curve.T, curve.Limit)
	}
}
