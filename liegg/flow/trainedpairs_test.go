package flow_test

import (
	"math"
	"math/rand/v2"
	"testing"

	. "github.com/gomlx/gomlx/core/graph"

	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/dataset"
	"github.com/liegg/lab/liegg/dataset/groundtruth"
	"github.com/liegg/lab/liegg/flow"
	"github.com/liegg/lab/liegg/lie/rep"
	"github.com/liegg/lab/liegg/network"
	"github.com/liegg/lab/liegg/network/training"
)

// Finite verdicts on networks that were trained on pairs, with the range in which they hold. The exact
// functions get the same verdicts. Over a unit of time two bodies move almost freely, and free motion
// commutes with scaling: ρ of the exact motion is .042, so scaling is broken by more than 2 % and holds
// within 5 %, for a network as for the motion itself. Scaling of three points is exact, and a network
// learns it to about 2 %.
func TestTrainedPairs(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	type claim struct {
		h      flow.Hypothesis
		margin float64
		want   flow.Verdict
		whole  bool // it holds to π; others end with the data
	}
	for _, c := range []struct {
		name    string
		graph   func(x *Node) *Node
		samples func(random *rand.Rand, n int) dataset.Samples
		width   int
		a       action.Equivariance
		claims  []claim
	}{
		{"two bodies", groundtruth.TwoBodyGraph, func(random *rand.Rand, n int) dataset.Samples {
			return groundtruth.TwoBodySamples(random, n, false)
		}, 64, action.Equivariant(action.Linear(2, 4), rep.Copies(rep.Standard(2), 4)), []claim{
			{flow.Rotation(2, 0, 1), .02, flow.Invariant, true},
			{flow.Scaling(2), .02, flow.Broken, false},
			{flow.Scaling(2), .05, flow.Invariant, false},
		}},
		{"inertia", groundtruth.InertiaGraph, func(random *rand.Rand, n int) dataset.Samples {
			return groundtruth.InertiaSamples(random, n, 3)
		}, 128, tensor, []claim{
			{flow.Rotation(3, 0, 1), .05, flow.Invariant, true},
			{flow.Rotation(3, 1, 2), .05, flow.Invariant, true},
			{flow.Scaling(3), .05, flow.Invariant, false},
			{flow.Shear(3, 0, 1), .05, flow.Broken, false},
		}},
	} {
		networks := []*network.Network{inGo(c.graph)}
		s := c.samples(rand.New(rand.NewPCG(0, 5)), 15_000)
		mlp := network.MLP{Hidden: []int{c.width, c.width}, Outputs: c.a.Outputs(), Bias: true}
		networks = append(networks, ok(training.Train(mlp, training.Settings{Steps: 2000, LearningRate: 4e-3, Cosine: true, Quiet: true}, s.Batches(250, 0), nil))(t))
		fresh := c.samples(rand.New(rand.NewPCG(9, 5)), 1000)
		for i, n := range networks { // the function itself, and a network
			for _, claim := range c.claims {
				r := ok(flow.Test(n, c.a, claim.h, network.Tensor(fresh.X), flow.Settings{Margin: claim.margin, Points: 3, Random: 1, Quiet: true}))(t)
				end := r.Curve.T[len(r.Curve.T)-1]
				if r.Verdict != claim.want || claim.want == flow.Invariant && (math.IsInf(r.Curve.Limit, 1) != claim.whole || claim.whole && end != math.Pi) {
					t.Errorf("%s, network %d: want %v, got\n%v", c.name, i, claim.want, r)
				}
			}
		}
	}
}
