package profile_test

import (
	"fmt"
	"math/rand/v2"

	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/janpfeifer/must"

	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/lie"
	"github.com/liegg/lab/liegg/network"
	"github.com/liegg/lab/liegg/network/profile"
)

// A network doubles a vector, which keeps rotations, and then shifts its length by a component,
// which breaks them. If the hidden layer is to turn with its input, the output is to blame.
func ExampleAs() {
	net := network.Exact(func(x *Node) *Node {
		vector := network.Layer(MulScalar(x, 2), "vector")
		return Add(ReduceAndKeep(Square(vector), ReduceSum, -1), Slice(vector, AxisRange(), AxisRange(0, 1)))
	})
	random, values := rand.New(rand.NewPCG(1, 0)), make([]float64, 200*3)
	for i := range values {
		values[i] = random.NormFloat64()
	}
	x := network.Tensor(tensors.FromFlatDataAndDimensions(values, 200, 3))
	plane, turn := action.Linear(3, 1), lie.SO(3).Basis()[0]
	found := must.M1(profile.Attribute(net, plane, turn, x, profile.AttributionSettings{
		Motions: map[string]profile.Motion{"vector": profile.As(plane, turn)}}))
	for _, l := range found.Layers {
		fmt.Printf("%s: %.1f\n", l.Name, l.Size)
	}
	// Output:
	// vector: 0.0
	// output: 1.4
}
