package card

import (
	"math/rand/v2"

	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/dataset"
	"github.com/liegg/lab/liegg/flow"
	"github.com/liegg/lab/liegg/network"
	"github.com/liegg/lab/liegg/network/training"
)

// refine times the refinement of the rotation in notebook 02: of the same network, on the same
// digits, from the same start. The network is trained first and stored. The small measurement
// trains less and takes 1000 digits.
func refine(s Settings, tell func(Result)) error {
	train, test, err := dataset.MNIST()
	if err != nil {
		return err
	}
	steps, samples := 3500, 10_000
	if s.Small {
		steps, samples = 300, 1000
	}
	prepared := func(d dataset.Digits) dataset.Digits {
		return d.Blur(1.5).Normalised(dataset.MNISTMean, dataset.MNISTStd)
	}
	mlp := network.MLP{Hidden: []int{128, 128, 128, 128, 128}, Outputs: 10, Bias: true}
	settings := training.Settings{Steps: steps, LearningRate: 3e-3, Cosine: true, Loss: training.CrossEntropy, Quiet: true}
	net, err := training.Cached(mlp, settings, dataset.NewFreshRotations(prepared(train), 512, 0), nil)
	if err != nil {
		return err
	}
	turned := prepared(test).Rotated(rand.New(rand.NewPCG(2022, 0))).Subset(0, samples).Samples("test")
	linear, x := action.ImageLinear(28, 28), network.Tensor(turned.X)
	start, err := network.Analyze(net, linear, x, network.Settings{Head: network.CentredLogits})
	if err != nil {
		return err
	}
	r, err := timed("refine", s.Rounds, func() (string, error) {
		refined, err := flow.Refine(net, linear, start.Algebra(1), x, flow.Settings{Head: network.NormalisedLogits})
		if err != nil {
			return "", err
		}
		return refined.String(), nil
	})
	if err == nil {
		tell(r)
	}
	return err
}
