package doubt

import (
	"math"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/stat"

	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/flow/internal/moved"
	"github.com/liegg/lab/liegg/internal/tensor"
)

// Far bounds the share of a linear map's speed that differs between inputs. Below it, the inputs lie
// far from the origin.
const Far = .1

// OwnShare returns the share of the speed of a linear map A that a translation would not have, or 1 if
// inputs do not lie far from the origin. motion holds w·‖A·x‖² of each sample, and weight w.
//
// With μ the mean of the inputs, A·x = A·μ + A·(x − μ). Only the second part belongs to the
// map alone. Its share of the speed is √(E‖A·(x − μ)‖²/E‖A·x‖²).
func OwnShare(o *moved.Outputs, coefficients, weight, motion []float64) (float64, error) {
	m, ok := o.Action.(action.Measured)
	if o.Field != nil || action.Translates(o.Action) || !ok || m.Inner() == nil {
		return 1, nil
	}
	values, err := o.Held.Values()
	if err != nil {
		return 0, err
	}
	n := o.Held.Len()
	width := len(values) / n
	mean, away, moves := make([]float64, width), 0.0, action.Moves(o.Action)
	for j := range mean {
		if moves != nil && !moves[j] {
			continue
		}
		var deviation float64
		if mean[j], deviation = stat.PopMeanStdDev(tensor.Column(values, j, width), nil); deviation > 0 {
			away = max(away, math.Abs(mean[j])/deviation)
		}
	}
	if away*Far < 1 {
		return 1, nil
	}
	for i, v := range values {
		values[i] = v - mean[i%width]
	}
	centred, err := o.Held.With(values)
	if err != nil {
		return 0, err
	}
	defer centred.Finalize()
	own, err := o.SpeedsOf(centred, coefficients)
	if err != nil {
		return 0, err
	}
	floats.Mul(own, weight)
	return math.Sqrt(floats.Sum(own) / floats.Sum(motion)), nil
}
