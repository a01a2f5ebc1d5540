package training

import (
	"math/rand/v2"
	"path/filepath"
	"slices"
	"testing"

	"github.com/gomlx/gomlx/core/tensors"

	"github.com/liegg/lab/liegg/dataset"
	"github.com/liegg/lab/liegg/internal/expect"
	"github.com/liegg/lab/liegg/network"
)

// brighter are small images and the mean of their upper half, in two shapes.
func brighter(n int, shape ...int) dataset.Samples {
	rng := rand.New(rand.NewPCG(8, 0))
	pixels, means := make([]float32, 64*n), make([]float32, n)
	for i := range pixels {
		pixels[i] = float32(rng.NormFloat64())
		if i%64 < 32 {
			means[i/64] += pixels[i] / 8
		}
	}
	return dataset.Samples{Name: "brighter", X: tensors.FromFlatDataAndDimensions(pixels, append([]int{n}, shape...)...),
		Y: tensors.FromFlatDataAndDimensions(means, n, 1)}
}

func TestConvolutionsTrainAndAreStored(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	onXLA(t) // convolutions are slow in pure Go
	t.Setenv("LIEGG_CACHE", t.TempDir())
	cnn := network.CNN{Channels: []int{4}, Dense: network.MLP{Hidden: []int{8}, Outputs: 1, Bias: true}}
	training := Settings{Steps: 150, LearningRate: 1e-2, L2: 1e-6, Quiet: true}
	var outputs [][]float64
	for _, shape := range [][]int{{8, 8}, {8, 8, 1}} {
		s := brighter(400, shape...)
		n := ok(Cached(cnn, training, s.Batches(100, 1), nil))(t)
		if e := ok(n.MeanSquaredError(s))(t); !(e < .1) {
			t.Errorf("trained on %v: mean squared error %.2g of a variance of .5", shape, e)
		}
		again := ok(Cached(cnn, training, s.Batches(100, 1), nil))(t)
		outputs = append(outputs, outputsOf(t, n, s.X), outputsOf(t, again, s.X))
		if got := again.Model().String(); got != "4c-8-1" {
			t.Errorf("read back as %s", got)
		}
	}
	if !slices.Equal(outputs[0], outputs[1]) {
		t.Error("a network that was read back gives other outputs")
	}
	expect.Near(t, "with a channel axis", outputs[2], outputs[0], 1e-4)
	folders := ok(filepath.Glob(filepath.Join(ok(network.CacheFolder())(t), "networks", "*")))(t)
	if len(folders) != 2 {
		t.Errorf("%d networks are stored, want 2", len(folders))
	}
}
