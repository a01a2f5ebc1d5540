package symmetrise_test

import (
	"fmt"
	"math"

	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/janpfeifer/must"

	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/dataset"
	"github.com/liegg/lab/liegg/flow"
	"github.com/liegg/lab/liegg/lie"
	"github.com/liegg/lab/liegg/lie/group"
	"github.com/liegg/lab/liegg/lie/rep"
	"github.com/liegg/lab/liegg/network"
	"github.com/liegg/lab/liegg/symmetrise"
)

// A radius that was learned with a preference for the right: what is that worth?
func ExampleMeasure() {
	const n = 360
	points, radii := make([]float64, 2*n), make([]float64, n)
	for i := range n { // evenly on ten circles
		radii[i] = 1 + float64(i/36)/10
		sin, cos := math.Sincos(2 * math.Pi * float64(i%36) / 36)
		points[2*i], points[2*i+1] = radii[i]*cos, radii[i]*sin
	}
	f := network.Exact(func(x *Node) *Node { // |x| + .03·x₁ + .1
		radius := Sqrt(ReduceAndKeep(Square(x), ReduceSum, -1))
		return AddScalar(Add(radius, MulScalar(Slice(x, AxisRange(), AxisRange(0, 1)), .03)), .1)
	})
	rotations := must.M1(symmetrise.Over(action.Linear(2, 1), lie.SO(2), 0, group.HaarSettings{}))
	x, y := tensors.FromFlatDataAndDimensions(points, n, 2), tensors.FromFlatDataAndDimensions(radii, n, 1)
	cost := must.M1(symmetrise.Measure(f, rotations, network.Tensor(x), symmetrise.Settings{Targets: y, Quiet: true}))
	split := must.M1(cost.Split())
	fmt.Printf("error %.3f; RMSE %.4f, symmetrised %.4f: %.0f %% is broken rotation\n",
		cost.Error.Value, split.RMSE, split.Symmetrised, 100*split.Share.Value)
	// Output:
	// error 0.031; RMSE 0.1048, symmetrised 0.1000: 9 % is broken rotation
}

// The mean over rotations is a network like any other.
func ExampleNetwork() {
	f := network.Exact(func(x *Node) *Node { // |x|² + .3·x₁
		square := ReduceAndKeep(Square(x), ReduceSum, -1)
		return Add(square, MulScalar(Slice(x, AxisRange(), AxisRange(0, 1)), .3))
	})
	x := tensors.FromFlatDataAndDimensions([]float64{2, 0, -2, 0, 0, 2, 0, -2}, 4, 2)
	rotations := must.M1(symmetrise.Over(action.Linear(2, 1), lie.SO(2), 0, group.HaarSettings{}))
	mean := must.M1(symmetrise.Network(f, rotations, nil))
	fmt.Printf("%.2f\n", must.M1(f.Predict(x)).Value())
	fmt.Printf("%.2f\n", must.M1(mean.Predict(x)).Value())
	// Output:
	// [[4.60] [3.40] [4.00] [4.00]]
	// [[4.00] [4.00] [4.00] [4.00]]
}

// Samples on a circle, each turned by a random angle of its own; targets turn along.
func ExampleAugment() {
	points := []float64{1, 0, 0, 1, -1, 0, 0, -1}
	s := dataset.Samples{Name: "compass", X: tensors.FromFlatDataAndDimensions(points, 4, 2), Y: tensors.FromFlatDataAndDimensions(points, 4, 2)}
	turning := action.Equivariant(action.Linear(2, 1), rep.Standard(2))
	rotations := must.M1(symmetrise.Over(turning, lie.SO(2), 0, group.HaarSettings{Degree: 3}))
	source := must.M1(symmetrise.Augment(s, rotations, 4, 1)) // for training.Train
	for batch := range source.Epoch(0) {
		x, y := batch.Inputs[0].Value().([][]float64), batch.Labels[0].Value().([][]float64)
		for i := range x {
			fmt.Printf("radius %.2f, the target turned along: %v\n", math.Hypot(x[i][0], x[i][1]), math.Hypot(x[i][0]-y[i][0], x[i][1]-y[i][1]) < 1e-12)
		}
	}
	// Output:
	// radius 1.00, the target turned along: true
	// radius 1.00, the target turned along: true
	// radius 1.00, the target turned along: true
	// radius 1.00, the target turned along: true
}

// The canonical network sees each pair of vectors in one pose, and is invariant for that.
func ExampleCanonical() {
	f := network.Exact(func(x *Node) *Node { return Slice(x, AxisRange(), AxisRange(0, 1)) }) // x₁
	frame := must.M1(symmetrise.FrameOf(action.Linear(2, 1), lie.SO(2), 0))
	canonical := must.M1(symmetrise.Canonical(f, frame, nil))
	x := tensors.FromFlatDataAndDimensions([]float64{3, 4, -5, 0, 0, 1}, 3, 2)
	fmt.Printf("%.2f\n", must.M1(canonical.Predict(x)).Value())
	// Output:
	// [[5.00] [5.00] [1.00]]
}

// A mirror and the exchange of two axes generate the symmetries of a square.
func ExampleOverMaps() {
	mirror, swap := flow.Reflection(2, 0), flow.Permutation(1, 1, 0)
	square := must.M1(symmetrise.OverMaps(action.Linear(2, 1), mirror, swap))
	fmt.Println(square.Len(), "elements")
	// Output: 8 elements
}
