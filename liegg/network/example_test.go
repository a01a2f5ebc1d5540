package network_test

import (
	"fmt"
	"math/rand/v2"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/janpfeifer/must"

	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/dataset"
	"github.com/liegg/lab/liegg/dataset/groundtruth"
	"github.com/liegg/lab/liegg/network"
)

// The squared length of a vector of R³ does not change if the vector is rotated.
func ExampleJudge() {
	squared := network.Exact(func(x *Node) *Node { return ReduceAndKeep(Square(x), ReduceSum, -1) })
	inputs := groundtruth.None().Inputs(rand.New(rand.NewPCG(1, 0)), 2000)
	v := must.M1(network.Judge(squared, action.Linear(3, 1), network.Tensor(inputs), network.Settings{}))
	fmt.Println(v.Answer, v.Dim, v.Identity.Name)
	// Output: symmetric 3 so(3)
}

// The distance to another point than the origin does not change under one rotation only.
func ExampleJudgeByOutput() {
	both := network.Exact(func(x *Node) *Node {
		squared, first := ReduceAndKeep(Square(x), ReduceSum, -1), Slice(x, AxisRange(), AxisRange(0, 1))
		return Concatenate([]*Node{squared, Sub(squared, first)}, -1)
	})
	inputs := groundtruth.None().Inputs(rand.New(rand.NewPCG(1, 0)), 2000)
	b := must.M1(network.JudgeByOutput(both, action.Linear(3, 1), network.Tensor(inputs), network.Settings{}))
	// plotting.Breakdown(b.Names(), plotting.Estimates(b.Intervals()), b.All.Threshold, b.Broken) draws them.
	for _, p := range b.Parts {
		fmt.Printf("output %s: %v %d %s\n", p.Name, p.Verdict.Answer, p.Verdict.Dim, p.Verdict.Identity.Name)
	}
	// Output:
	// output 1: symmetric 3 so(3)
	// output 2: symmetric 1 so(2)
}

// A network of its own weights, drawn from a seed, before any training.
func ExampleNew() {
	n := must.M1(network.New(network.MLP{Hidden: []int{32, 32}, Outputs: 1}, shapes.Make(dtypes.Float32, 10), 1))
	fmt.Println(n)
	// Output: network 10-32-32-1: 1376 numbers in 3 variables
}

// Gradients that another framework has computed are judged without their network: here 2x, of
// the squared length.
func ExampleGiven() {
	inputs := groundtruth.None().Inputs(rand.New(rand.NewPCG(1, 0)), 2000)
	values := must.M1(dataset.Values(inputs))
	for i := range values {
		values[i] *= 2
	}
	gradients := tensors.FromFlatDataAndDimensions(values, 2000, 1, 3) // [N, m, input…]
	n := must.M1(network.Given(inputs, nil, gradients))
	v := must.M1(network.Judge(n, action.Linear(3, 1), network.Tensor(inputs), network.Settings{}))
	fmt.Println(v.Answer, v.Dim, v.Identity.Name)
	// Output: symmetric 3 so(3)
}

// Three processes share the work of a verdict; each writes its part to a file, or sends it.
func ExampleJudgePart() {
	squared := network.Exact(func(x *Node) *Node { return ReduceAndKeep(Square(x), ReduceSum, -1) })
	inputs := groundtruth.None().Inputs(rand.New(rand.NewPCG(1, 0)), 2000)
	var parts []*network.VerdictPart
	for i := 1; i <= 3; i++ {
		parts = append(parts, must.M1(network.JudgePart(squared, action.Linear(3, 1), network.Tensor(inputs), network.Settings{}, i, 3)))
	}
	s := must.M1(network.Settings{}.WithParts(parts...))
	v := must.M1(network.Judge(squared, action.Linear(3, 1), network.Tensor(inputs), s))
	fmt.Println(v.Answer, v.Dim, v.Identity.Name)
	// Output: symmetric 3 so(3)
}
