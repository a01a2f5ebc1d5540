package dataset_test

import (
	"fmt"
	"math/rand/v2"

	"github.com/liegg/lab/liegg/dataset"
)

// The paper's split, standardised by what the training part shows.
func ExampleO5() {
	parts := dataset.O5(rand.New(rand.NewPCG(2022, 0)), 10_000).Split(9500, 250, 250)
	scale, err := dataset.FitStandardisation(parts[0], 5)
	if err != nil {
		fmt.Println(err)
		return
	}
	test := scale.Apply(parts[2])
	fmt.Println(test.X.Shape(), test.Y.Shape())
	fmt.Printf("inputs ÷ %.2f, outputs ÷ %.0f\n", scale.InputScale, scale.OutputStd)
	// Output:
	// (Float32)[250, 10] (Float32)[250, 1]
	// inputs ÷ [1.00 1.00], outputs ÷ [6]
}

func ExampleNewFreshRotations() {
	train, _, err := dataset.MNIST()
	if err != nil {
		fmt.Println(err)
		return
	}
	digits := train.Subset(0, 10_000).Blur(1.5).Normalised(dataset.MNISTMean, dataset.MNISTStd)
	fresh := dataset.NewFreshRotations(digits, 512, 2022)
	fmt.Println(fresh.BatchesPerEpoch(), "batches per epoch")
	for batch := range fresh.Iter() {
		fmt.Println(batch.Inputs[0].Shape(), batch.Labels[0].Shape())
		break
	}
	// Output:
	// 19 batches per epoch
	// (Float32)[512, 28, 28] (Int32)[512, 1]
}
