package bench

import (
	"iter"
	"time"

	"github.com/gomlx/gomlx/core/tensors"

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
			watched := &stopwatch{Batches: samples.Batches(batch, 1), from: warmUp, to: warmUp + steps}
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

// stopwatch notes when batches are asked for, in whichever way they are.
type stopwatch struct {
	*dataset.Batches
	from, to   int
	asked      int
	start, end time.Time
}

func (s *stopwatch) Draws(n uint64) iter.Seq[func(x, y []byte) error] {
	return timing(s, s.Batches.Draws(n))
}

func (s *stopwatch) Rows(n uint64) iter.Seq[[]int] { return timing(s, s.Batches.Rows(n)) }

func timing[B any](s *stopwatch, batches iter.Seq[B]) iter.Seq[B] {
	return func(yield func(B) bool) {
		for b := range batches {
			switch s.asked {
			case s.from:
				s.start = time.Now()
			case s.to:
				s.end = time.Now()
			}
			s.asked++
			if !yield(b) {
				return
			}
		}
	}
}
