package action_test

import (
	"math"
	"testing"

	"github.com/gomlx/gomlx/core/tensors"

	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/internal/expect"
)

// The error says which of the data's faults it is.
func TestDataThatCannotBeWhitened(t *testing.T) {
	for _, c := range []struct {
		a    action.Action
		x    []float64
		says string
	}{
		{action.Affine(2, 1), []float64{1, 2, 1, 2}, "their spread is zero"},
		{action.Linear(2, 1), []float64{0, 0, 0, 0}, "all zero"},
		{action.Linear(2, 1), []float64{1, 2, math.NaN(), 2}, "hold NaN or Inf"},
		{action.Affine(2, 1), []float64{1, 2, math.Inf(1), 2}, "hold NaN or Inf"},
	} {
		_, err := action.Whiten(c.a, tensors.FromFlatDataAndDimensions(c.x, 2, 2))
		expect.Error(t, err, c.says)
	}
}
