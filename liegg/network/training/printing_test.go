package training

import (
	"math"
	"testing"

	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/internal/expect"
	"github.com/liegg/lab/liegg/lie"
	"github.com/liegg/lab/liegg/network"
)

func TestWhatUsersHoldPrints(t *testing.T) {
	parts, _ := o5(t, 21, 100)
	source := parts[0].Batches(50, 1)
	n := ok(network.New(small, parts[0].X.Shape(), 1))(t)
	all := Settings{Steps: 100, Watch: func(int) error { return nil }, Best: true, Cosine: true, L2: 1e-4}
	expect.Printed(t, []any{
		MeanSquared, CrossEntropy, &DivergedError{3, math.NaN()}, &InterruptedError{Step: 3, Steps: 4}, all, network.Settings{},
		Member{Seed: 1, Source: source, Start: n}, Trained{Network: n}, Penalty{}, Penalty{1, action.Linear(5, 2), lie.SO(5)}, Settings{Steps: 1, Penalty: Penalty{1, action.Linear(5, 2), lie.SO(5)}}, Trained{Err: &DivergedError{3, 1}}, Trained{},
	})
	want := "100 steps of Adam on the mean squared error, learning rate by default, falling as a cosine, L2 0.0001, the best look is kept, watched, Seed 0"
	if got := all.String(); got != want {
		t.Errorf("%q, want %q", got, want)
	}
}
