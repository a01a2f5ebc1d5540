package dataset_test

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"

	"github.com/liegg/lab/liegg/dataset"
	"github.com/liegg/lab/liegg/dataset/npy"
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

func ExampleReadCSV() {
	path := filepath.Join(os.TempDir(), "liegg-example.csv")
	defer os.Remove(path)
	if err := os.WriteFile(path, []byte("x,y,energy\n1,2,-0.5\n3,4,1.5\n"), 0o600); err != nil {
		fmt.Println(err)
		return
	}
	energies, err := dataset.ReadCSV(path, "energy")
	if err != nil {
		fmt.Println(err)
		return
	}
	values, _ := dataset.Values(energies)
	fmt.Println(energies.Shape(), values)
	// Output:
	// (Float64)[2, 1] [-0.5 1.5]
}

// The predictions of a network that was trained on standardised outputs are restored to
// the units of the data.
func ExampleStandardisation_Restore() {
	samples := dataset.O5(rand.New(rand.NewPCG(2022, 0)), 1000)
	scale, err := dataset.FitStandardisation(samples, 5)
	if err != nil {
		fmt.Println(err)
		return
	}
	standard := scale.Apply(samples)
	restored, _ := dataset.Values(scale.Restore(standard.Y))
	original, _ := dataset.Values(samples.Y)
	fmt.Printf("%.3f %.3f\n", restored[0], original[0])
	// Output:
	// 0.787 0.787
}

func ExamplePlane_Pixel() {
	p := dataset.Plane{Height: 28, Width: 28}
	fmt.Println(p.Pixel(0, 0))
	fmt.Println(p.Pixel(p.Point(3, 7)))
	// Output:
	// 13.5 13.5
	// 3 7
}

// A file that is larger than its budget is not read.
func ExampleReadNPY() {
	path := filepath.Join(os.TempDir(), "liegg-example.npy")
	defer os.Remove(path)
	file := new(bytes.Buffer)
	err := npy.Write(file, npy.Of([]float64{1, 2, 3, 4, 5, 6}, 3, 2))
	if err == nil {
		err = os.WriteFile(path, file.Bytes(), 0o600)
	}
	if err != nil {
		fmt.Println(err)
		return
	}
	x, err := dataset.ReadNPY(path)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(x.Shape())
	_, err = dataset.Budget(40).ReadNPY(path)
	fmt.Println(errors.Is(err, dataset.ErrBudget))
	// Output:
	// (Float64)[3, 2]
	// true
}

// The idx format of MNIST holds bytes: the magic number, the sizes, and then the values.
func ExampleReadIDXFile() {
	path := filepath.Join(os.TempDir(), "liegg-example-idx")
	defer os.Remove(path)
	if err := os.WriteFile(path, []byte{0, 0, 8, 2, 0, 0, 0, 1, 0, 0, 0, 3, 10, 20, 30}, 0o600); err != nil {
		fmt.Println(err)
		return
	}
	array, err := dataset.ReadIDXFile(path)
	fmt.Println(array.Dims, array.Data, err)
	// Output:
	// [1 3] [10 20 30] <nil>
}
