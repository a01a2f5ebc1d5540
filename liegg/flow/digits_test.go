package flow_test

import (
	"math/rand/v2"
	"testing"

	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/dataset"
	"github.com/liegg/lab/liegg/flow"
	"github.com/liegg/lab/liegg/lie"
	"github.com/liegg/lab/liegg/network"
	"github.com/liegg/lab/liegg/network/training"
)

func prepared(d dataset.Digits) dataset.Digits {
	return d.Blur(1.5).Normalised(dataset.MNISTMean, dataset.MNISTStd)
}

// classifier returns a network of notebook 02, with which it shares the cache.
func classifier(t *testing.T, train dataset.Digits, seed uint64) *network.Network {
	t.Helper()
	mlp := network.MLP{Hidden: []int{128, 128, 128, 128, 128}, Outputs: 10, Bias: true}
	settings := training.Settings{Steps: 3500, LearningRate: 3e-3, Cosine: true, Loss: training.CrossEntropy, Seed: seed}
	return ok(training.Cached(mlp, settings, dataset.NewFreshRotations(prepared(train), 512, seed), nil))(t)
}

// Classifiers of rotated digits: the refined generator is a rotation to .5°, found among all of
// gl(2). Its flow distinguishes it from other generators, although the gap in the spectrum is small.
func TestDigits(t *testing.T) {
	if testing.Short() {
		t.Skip("trains a classifier of digits for about half a minute")
	}
	train, held, err := dataset.MNIST()
	if err != nil {
		t.Fatal(err)
	}
	test := prepared(held).Rotated(rand.New(rand.NewPCG(2022, 0))).Samples("test")
	n := classifier(t, train, 0)
	refinesToRotation(t, n, test.Subset(0, 4000))
	distinguished(t, n, test.Subset(0, 600))
}

func refinesToRotation(t *testing.T, n *network.Network, test dataset.Samples) {
	plane := action.ImageLinear(28, 28)
	spectrum := ok(network.Analyze(n, plane, network.Tensor(test.X), network.Settings{Head: network.CentredLogits}))(t)
	start := spectrum.Algebra(1)
	r := ok(flow.Refine(n, plane, start, network.Tensor(test.X), flow.Settings{Head: network.NormalisedLogits}))(t)
	before, after := degrees(lie.AngleTo(start.Basis()[0], lie.SO(2))), degrees(lie.AngleTo(r.After.Basis()[0], lie.SO(2)))
	t.Logf("%.2f° → %.2f°\n%v", before, after, r)
	if after > .5 || !r.Better() {
		t.Errorf("%.2f° from a rotation, %.2f° before", after, before)
	}
}

func distinguished(t *testing.T, n *network.Network, test dataset.Samples) {
	c := ok(flow.Compare(n, action.ImageAffine(28, 28), []flow.Hypothesis{
		flow.Rotation(2, 0, 1), flow.Shear(2, 0, 1), flow.Shear(2, 1, 0), flow.Boost(2, 0, 1), flow.Scaling(2), flow.Translation(2, 0), flow.Translation(2, 1),
	}, network.Tensor(test.X), flow.Settings{Head: network.CentredLogits, Points: 8}))(t)
	t.Log(c)
	if c.Gap > 5 {
		t.Errorf("ρ₂/ρ₁ = %.2g: the infinitesimal gap of a digit classifier is not that large", c.Gap)
	}
	for i, r := range c.Results[1:] {
		if !c.Apart(i + 1) {
			t.Errorf("the flow does not distinguish a rotation from %s", r.Name)
		}
	}
}
