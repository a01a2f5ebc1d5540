package bench

import (
	"iter"
	"time"

	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/train"

	"github.com/liegg/lab/liegg/dataset"
	"github.com/liegg/lab/liegg/network"
)

// warmUp is the number of steps before those that are timed, and after them. Batches
// are asked for some calls of looks steps ahead, while the first call waits for
// compilation.
const (
	looks  = 20
	warmUp = 5 * looks
)

// training trains on 10 000 random samples.
func training(m network.MLP, inputs, batch, steps int, loss network.Loss) prepare {
	return func() (work, error) {
		y := normal(2, 10_000, m.Outputs)
		if loss == network.CrossEntropy {
			y = labels(10_000, m.Outputs)
		}
		samples := dataset.Samples{Name: "normal", X: normal(1, 10_000, inputs), Y: y}
		return func() (float64, error) {
			watched := &stopwatch{Source: samples.Batches(batch, 1), from: warmUp, to: warmUp + steps}
			settings := network.Training{Steps: warmUp + steps + warmUp, Validate: looks, Loss: loss, Quiet: true}
			_, err := network.Train(m, settings, watched, nil)
			return watched.end.Sub(watched.start).Seconds(), err
		}, nil
	}
}

func labels(n, classes int) *tensors.Tensor {
	values := make([]int32, n)
	for i := range values {
		values[i] = int32(i * 7 % classes)
	}
	return tensors.FromFlatDataAndDimensions(values, n, 1)
}

// stopwatch notes when batches are asked for. The first batch is asked for once
// more, before training, to see its shape.
type stopwatch struct {
	network.Source
	from, to   int
	asked      int
	start, end time.Time
}

func (s *stopwatch) Epoch(n uint64) iter.Seq2[train.Batch, error] {
	return func(yield func(train.Batch, error) bool) {
		for batch, err := range s.Source.Epoch(n) {
			s.asked++
			switch s.asked {
			case 1 + s.from:
				s.start = time.Now()
			case 1 + s.to:
				s.end = time.Now()
			}
			if !yield(batch, err) {
				return
			}
		}
	}
}
