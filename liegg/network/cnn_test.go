package network

import (
	"encoding/json"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"testing"

	"github.com/gomlx/gomlx/core/tensors"

	"github.com/liegg/lab/liegg/dataset"
	"github.com/liegg/lab/liegg/internal/expect"
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
	t.Setenv("LIEGG_CACHE", t.TempDir())
	cnn := CNN{Channels: []int{4}, Dense: MLP{Hidden: []int{8}, Outputs: 1, Bias: true}}
	training := Training{Steps: 150, LearningRate: 1e-2, L2: 1e-6, Quiet: true}
	var outputs [][]float64
	for _, shape := range [][]int{{8, 8}, {8, 8, 1}} {
		s := brighter(400, shape...)
		n := ok(Cached(cnn, training, s.Batches(100, 1), nil))(t)
		if e := ok(n.MeanSquaredError(s))(t); !(e < .1) {
			t.Errorf("trained on %v: mean squared error %.2g of a variance of .5", shape, e)
		}
		again := ok(Cached(cnn, training, s.Batches(100, 1), nil))(t)
		outputs = append(outputs, outputsOf(t, n, s.X), outputsOf(t, again, s.X))
		if got := again.model.String(); got != "4c-8-1" {
			t.Errorf("read back as %s", got)
		}
	}
	if !slices.Equal(outputs[0], outputs[1]) {
		t.Error("a network that was read back gives other outputs")
	}
	expect.Near(t, "with a channel axis", outputs[2], outputs[0], 1e-4)
	folders := ok(filepath.Glob(filepath.Join(ok(CacheFolder())(t), "networks", "*")))(t)
	if len(folders) != 2 {
		t.Errorf("%d networks are stored, want 2", len(folders))
	}
}

func TestDescriptionsOfModels(t *testing.T) {
	var d description
	if err := json.Unmarshal([]byte(`{"MLP":{"Hidden":[3],"Outputs":1,"Bias":false,"Activation":""},"History":null}`), &d); err != nil {
		t.Fatal(err)
	}
	if m := ok(d.model())(t); m.String() != "3-1" {
		t.Errorf("read as %v", m)
	}
	_, err := architecture{}.model()
	expect.Error(t, err, "neither an MLP nor a CNN")
}

func TestImagesThatDoNotFit(t *testing.T) {
	s := brighter(10, 8, 8)
	_, err := Train(CNN{Channels: []int{2, 2, 2, 2}, Dense: MLP{Outputs: 1}}, Training{Steps: 1, Quiet: true}, s.Batches(10, 1), nil)
	expect.Error(t, err, "divisible by 16", "[8 8]")
	_, err = Train(CNN{Channels: []int{2}, Dense: MLP{Outputs: 1}}, Training{Steps: 1, Quiet: true}, brighter(10, 64).Batches(10, 1), nil)
	expect.Error(t, err, "[height, width]", "[64]")
	for words, misuse := range map[string]func(){
		"CNN.Channels":    func() { CNN{Dense: MLP{Outputs: 1}}.check() },
		"positive number": func() { CNN{Channels: []int{0}, Dense: MLP{Outputs: 1}}.check() },
		"MLP.Outputs":     func() { CNN{Channels: []int{1}}.check() },
		"MLP or a CNN":    func() { architectureOf(nil) },
	} {
		wantPanic(t, words, misuse)
	}
}
