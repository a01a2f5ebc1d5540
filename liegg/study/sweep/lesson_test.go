package sweep

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/liegg/lab/liegg/dataset"
	"github.com/liegg/lab/liegg/internal/expect"
	"github.com/liegg/lab/liegg/network/training"
)

// firstBatch are the inputs and targets of the first batch of an epoch.
func firstBatch(t *testing.T, s training.Source, epoch uint64) (x, y []float64) {
	t.Helper()
	for batch, err := range s.Epoch(epoch) {
		if err != nil {
			t.Fatal(err)
		}
		return ok(dataset.Values(batch.Inputs[0]))(t), ok(dataset.Values(batch.Labels[0]))(t)
	}
	t.Fatal("no batch")
	return nil, nil
}

// Samples that were moved along the task's group have the labels of the moved samples, and differ
// between epochs.
func TestAugmentedSamplesAreTrue(t *testing.T) {
	l := ok(o5Task().lesson(draw{seed: 3, stream: streamTraining, samples: 500, batch: 100, augment: 1}))(t).(regressionLesson)
	x, y := firstBatch(t, l.source(), 0)
	want := make([]float64, len(y))
	for i := range want {
		row := slices.Clone(x[10*i : 10*i+10])
		for j := range row {
			row[j] *= l.z.InputScale[j/5]
		}
		want[i] = (dataset.O5Target(row) - l.z.OutputMean[0]) / l.z.OutputStd[0]
	}
	expect.Near(t, "targets", y, want, 1e-5)
	again, _ := firstBatch(t, l.source(), 0)
	other, _ := firstBatch(t, l.source(), 1)
	if !slices.Equal(x, again) || slices.Equal(x, other) {
		t.Error("an epoch is not the same twice, or two are the same")
	}
	plain := ok(o5Task().lesson(draw{seed: 3, stream: streamTraining, samples: 500, batch: 100}))(t)
	if still, targets := firstBatch(t, plain.source(), 0); slices.Equal(x, still) || !slices.Equal(y, targets) {
		t.Error("samples did not move, or their targets did")
	}
}

func TestNoiseIsAsStrongAsAskedFor(t *testing.T) {
	with := func(noise float64) []float64 {
		l := ok(o5Task().lesson(draw{seed: 1, stream: streamTraining, samples: 20_000, batch: 20_000, noise: noise}))(t).(regressionLesson)
		_, y := firstBatch(t, l.source(), 0)
		return y
	}
	clean, spoilt, sum := with(0), with(.5), 0.
	for i := range clean {
		sum += (spoilt[i] - clean[i]) * (spoilt[i] - clean[i])
	}
	if got := math.Sqrt(sum / float64(len(clean))); math.Abs(got-.5) > .01 {
		t.Errorf("noise of %g standard deviations, want .5", got)
	}
	labels := make([]uint8, 50_000)
	changed := 0
	for _, l := range mislabelled(labels, .3, rand.New(rand.NewPCG(1, 1))) {
		if l != 0 {
			changed++
		}
	}
	if got := float64(changed) / 50_000; math.Abs(got-.3*.9) > .01 { // one in ten is drawn as it was
		t.Errorf("%g of the labels changed, want .27", got)
	}
}

func TestCrossEntropy(t *testing.T) {
	loss, accuracy, err := crossEntropy([]float64{0, math.Log(3), 1000, 0}, []int32{1, 1})
	if err != nil || math.Abs(loss-(math.Log(4./3)+1000)/2) > 1e-12 || accuracy != .5 {
		t.Errorf("loss %g, accuracy %g, %v", loss, accuracy, err)
	}
	if _, _, err := crossEntropy([]float64{math.NaN(), 0}, []int32{0}); err == nil {
		t.Error("NaN is taken")
	}
}
