package training

import (
	"testing"

	"github.com/gomlx/compute"

	"github.com/liegg/lab/liegg/dataset"
	"github.com/liegg/lab/liegg/internal/expect"
	"github.com/liegg/lab/liegg/internal/targets"
	"github.com/liegg/lab/liegg/network"
)

// Samples that lie on the device give the same training, of one network and of several.
func TestResidentSamplesTrainAlike(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	parts, _ := o5(t, 3, 1000, 100)
	members := []Member{{Seed: 1, Source: parts[0].Batches(100, 1)}, {Seed: 2, Source: parts[0].Batches(100, 2)}}
	train := func() (outputs [][]float64) {
		one := ok(Train(small, smallSteps, members[0].Source, nil))(t)
		outputs = append(outputs, outputsOf(t, one, parts[1].X))
		for _, n := range ok(trainInGroups(small, ok(network.Backend())(t), smallSteps.withDefaults(false), members, nil, 2))(t) {
			outputs = append(outputs, outputsOf(t, n.Network, parts[1].X))
		}
		return outputs
	}
	streamed := train()
	defer func(before func(compute.Backend) bool) { keepsSamples = before }(keepsSamples)
	keepsSamples = func(compute.Backend) bool { return true }
	for i, resident := range train() {
		expect.Near(t, "outputs", resident, streamed[i], 1e-5)
	}
	if _, err := dataset.Values(parts[0].X); err != nil {
		t.Error("the caller's samples were taken away:", err)
	}
}

// Sources that choose from different samples, or make their own, are streamed.
func TestWhatCannotBeResidentIsStreamed(t *testing.T) {
	one, _ := o5(t, 3, 1000)
	other, _ := o5(t, 4, 1000)
	for _, sources := range [][]Source{
		{one[0].Batches(100, 1), other[0].Batches(100, 1)},
		{struct{ Source }{one[0].Batches(100, 1)}},
	} {
		f := ok(newFeed(nil, sources, true, targets.Wanted{Outputs: 1}))(t)
		if same, _, err := resident(nil, f, nil); err != nil || same != f {
			t.Errorf("%T: another feed, %v", sources[0], err)
		}
	}
}
