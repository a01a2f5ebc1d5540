package training_test

import (
	"fmt"
	"math/rand/v2"

	"github.com/gomlx/gomlx/core/tensors"
	"github.com/janpfeifer/must"

	"github.com/liegg/lab/liegg/dataset"
	"github.com/liegg/lab/liegg/network"
	"github.com/liegg/lab/liegg/network/training"
)

// A small network learns the length of a vector of the plane.
func ExampleTrain() {
	rng := rand.New(rand.NewPCG(1, 0))
	var points, lengths []float64
	for range 1000 {
		x, y := rng.NormFloat64(), rng.NormFloat64()
		points, lengths = append(points, x, y), append(lengths, x*x+y*y)
	}
	samples := dataset.Samples{Name: "lengths", X: tensors.FromFlatDataAndDimensions(points, 1000, 2), Y: tensors.FromFlatDataAndDimensions(lengths, 1000, 1)}
	net := must.M1(training.Train(network.MLP{Hidden: []int{32, 32}, Outputs: 1, Bias: true},
		training.Settings{Steps: 1000, LearningRate: 1e-2, Cosine: true, Quiet: true}, samples.Batches(100, 1), nil))
	fmt.Println("mean squared error below 0.01:", must.M1(net.MeanSquaredError(samples)) < .01)
	// Output: mean squared error below 0.01: true
}
