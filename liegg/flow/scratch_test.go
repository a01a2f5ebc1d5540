package flow

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/janpfeifer/must"

	"github.com/liegg/lab/liegg/dataset"
	"github.com/liegg/lab/liegg/network"
)

func prepared(d dataset.Digits) dataset.Digits {
	return d.Blur(1.5).Normalised(dataset.MNISTMean, dataset.MNISTStd)
}

func turned() dataset.Digits {
	_, test := must.M2(dataset.MNIST())
	return prepared(test).Rotated(rand.New(rand.NewPCG(2022, 0)))
}

func classifier(seed uint64) *network.Network {
	train, _ := must.M2(dataset.MNIST())
	mlp := network.MLP{Hidden: []int{128, 128, 128, 128, 128}, Outputs: 10, Bias: true}
	training := network.Training{Steps: 3000, LearningRate: 4e-3, Cosine: true, Loss: network.CrossEntropy, Seed: seed}
	return must.M1(network.Cached(mlp, training, dataset.NewFreshRotations(prepared(train), 512, seed), nil))
}

func TestScratchTrain(t *testing.T) {
	for seed := range uint64(3) {
		net := classifier(seed)
		fmt.Println(seed, must.M1(net.Accuracy(turned().Samples("test"))))
	}
}
