package bench

import (
	"time"

	"github.com/gomlx/gomlx/core/tensors"

	"github.com/liegg/lab/liegg/dataset"
	"github.com/liegg/lab/liegg/network"
	"github.com/liegg/lab/liegg/network/training"
)

// The first warmUp steps are not timed: they wait for compilation and for
// batches to be prepared. Times are taken at looks.
const (
	looks  = 100
	warmUp = 3 * looks
)

// trains trains a network on 10 000 random samples.
func trains(m network.MLP, inputs, batch, steps int, loss training.Loss) prepare {
	return func() (work, error) {
		y := normal(2, 10_000, m.Outputs)
		if loss == training.CrossEntropy {
			y = labels(10_000, m.Outputs)
		}
		samples := dataset.Samples{Name: "normal", X: normal(1, 10_000, inputs), Y: y}
		return func() (float64, error) {
			var start, end time.Time
			settings := training.Settings{Steps: warmUp + steps, Validate: looks, Loss: loss, Quiet: true}
			settings.Watch = func(step int) error {
				switch step {
				case warmUp:
					start = time.Now()
				case warmUp + steps:
					end = time.Now()
				}
				return nil
			}
			_, err := training.Train(m, settings, samples.Batches(batch, 1), nil)
			return end.Sub(start).Seconds(), err
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
