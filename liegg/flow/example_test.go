package flow_test

import (
	"fmt"
	"math/rand/v2"

	. "github.com/gomlx/gomlx/core/graph"
	"github.com/janpfeifer/must"

	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/dataset/groundtruth"
	"github.com/liegg/lab/liegg/flow"
	"github.com/liegg/lab/liegg/network"
)

// The squared length of a vector of R³ keeps its value along rotations and loses it
// along scalings.
func ExampleTest() {
	squared := network.Exact(func(x *Node) *Node { return ReduceAndKeep(Square(x), ReduceSum, -1) })
	inputs := groundtruth.None().Inputs(rand.New(rand.NewPCG(1, 0)), 1000)
	for _, h := range []flow.Hypothesis{flow.Rotation(3, 0, 1), flow.Scaling(3)} {
		r := must.M1(flow.Test(squared, action.Linear(3, 1), h, network.Tensor(inputs), flow.Settings{}))
		fmt.Printf("%s: %v; %s\n", r.Name, r.Verdict, r.Curve.Verdict())
	}
	// Output:
	// rotation x₁→x₂: invariant; Δ ≤ 0.05 holds up to t = 3.1, as far as it was followed
	// scaling: broken; Δ ≤ 0.05 holds up to t = 0.094 only
}
