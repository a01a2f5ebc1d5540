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

// The product of the coordinates changes its sign with a reflection, the squared length
// does not.
func ExampleTestMap() {
	squared := network.Exact(func(x *Node) *Node { return ReduceAndKeep(Square(x), ReduceSum, -1) })
	product := network.Exact(func(x *Node) *Node { return ReduceAndKeep(x, ReduceMultiply, -1) })
	inputs := network.Tensor(groundtruth.None().Inputs(rand.New(rand.NewPCG(1, 0)), 1000))
	for _, net := range []*network.Network{squared, product} {
		r := must.M1(flow.TestMap(net, action.Linear(3, 1), flow.Reflection(3, 0), inputs, flow.Settings{}))
		fmt.Printf("%s: %v\n", r.Name, r.Verdict)
	}
	// Output:
	// reflection of x₁: invariant
	// reflection of x₁: broken
}

// Points to the right are told from points to the left at any angle within their side.
func ExampleTestRange() {
	sides := network.Exact(func(x *Node) *Node {
		first := Slice(x, AxisRange(), AxisRange(0, 1))
		return Concatenate([]*Node{first, Neg(first)}, -1)
	})
	inputs := network.Tensor(groundtruth.None().Inputs(rand.New(rand.NewPCG(1, 0)), 4000))
	r := must.M1(flow.TestRange(sides, action.Linear(3, 1), flow.Rotation(3, 0, 1), inputs, flow.Answers{}, flow.Settings{}))
	fmt.Printf("the first point keeps its answer to %.2f forward and %.2f backward\n", r.Forward[0], r.Backward[0])
	for _, c := range r.Classes {
		fmt.Printf("half of class %s to %.1f forward\n", c.Name, c.Forward.Value)
	}
	// Output:
	// the first point keeps its answer to 2.06 forward and 1.08 backward
	// half of class 0 to 1.6 forward
	// half of class 1 to 1.6 forward
}
