package training

import (
	"errors"
	"iter"
	"slices"
	"testing"

	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/train"

	"github.com/liegg/lab/liegg/dataset"
)

// doubled are batches with doubled targets.
type doubled struct{ *dataset.Batches }

func (d doubled) Epoch(n uint64) iter.Seq2[train.Batch, error] {
	return func(yield func(train.Batch, error) bool) {
		for batch, err := range d.Batches.Epoch(n) {
			double(batch.Labels[0])
			if !yield(batch, err) {
				return
			}
		}
	}
}

func double(t *tensors.Tensor) {
	tensors.MustMutableFlatData(t, func(y []float32) {
		for i := range y {
			y[i] *= 2
		}
	})
}

// A source that is built on batches in memory trains on what its own Epoch gives.
func TestSourcesBuiltOnBatches(t *testing.T) {
	parts, _ := o5(t, 3, 1000, 100)
	got := ok(Train(small, smallSteps, doubled{parts[0].Batches(100, 1)}, nil))(t)
	double(parts[0].Y)
	want := ok(Train(small, smallSteps, parts[0].Batches(100, 1), nil))(t)
	if !slices.Equal(outputsOf(t, got, parts[1].X), outputsOf(t, want, parts[1].X)) {
		t.Error("its targets were not doubled")
	}
}

// Watch is called at each look, and its error ends the training, of one network and of
// several.
func TestWatchEndsTraining(t *testing.T) {
	parts, _ := o5(t, 3, 1000)
	enough := errors.New("enough")
	watched := smallSteps
	var steps []int
	watched.Validate, watched.Watch = 20, func(step int) error {
		if steps = append(steps, step); step == 60 {
			return enough
		}
		return nil
	}
	source := parts[0].Batches(100, 1)
	if _, err := Train(small, watched, source, nil); !errors.Is(err, enough) {
		t.Errorf("Train: %v", err)
	}
	if _, err := Together(small, watched, []Member{{Source: source}}); !errors.Is(err, enough) {
		t.Errorf("Together: %v", err)
	}
	if want := []int{20, 40, 60, 20, 40, 60}; !slices.Equal(steps, want) {
		t.Errorf("looks after %v, want %v", steps, want)
	}
}
