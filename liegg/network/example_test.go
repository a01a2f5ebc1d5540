package network_test

import (
	"fmt"
	"math/rand/v2"

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

// A small network learns the length of a vector of the plane.
func ExampleTrain() {
	rng := rand.New(rand.NewPCG(1, 0))
	var points, lengths []float64
	for range 1000 {
		x, y := rng.NormFloat64(), rng.NormFloat64()
		points, lengths = append(points, x, y), append(lengths, x*x+y*y)
	}
	samples := dataset.Samples{Name: "lengths", X: tensors.FromFlatDataAndDimensions(points, 1000, 2), Y: tensors.FromFlatDataAndDimensions(lengths, 1000, 1)}
	net := must.M1(network.Train(network.MLP{Hidden: []int{32, 32}, Outputs: 1, Bias: true},
		network.Training{Steps: 1000, LearningRate: 1e-2, Cosine: true, Quiet: true}, samples.Batches(100, 1), nil))
	fmt.Println("mean squared error below 0.01:", must.M1(net.MeanSquaredError(samples)) < .01)
	// Output: mean squared error below 0.01: true
}
