package liegg

import "slices"

// OutputScales tell that the outputs of a function were divided by their sizes before
// evidence was taken. f(exp(tH)x) = f(x) is said of each output, whatever its
// unit: so the answer must not change with y_o ↦ c_o·y_o, c_o ≠ 0. As they are,
// the output of largest gradients decides, and hides what the others break.
//
// Only single outputs are rescaled, their mixtures are not: an output is what was
// named and has a unit, and a part that is small in every output is a small
// defect, not another unit. To whiten the outputs would blow up, without bound,
// what is left where they are nearly dependent: the sum of centred logits, or the
// difference of two outputs that learned the same.
type OutputScales struct {
	// Gradients are √(Σ_i ‖∇f_o(x_i)‖²/N) of all outputs o, in the dual of the
	// inner product in which the metric is measured. Where few samples rule that sum, none
	// counts for more than ten times the median.
	Gradients []float64
	// Constant are the outputs that were left out, since where sizes were measured they
	// do not change by more than rounding, in ascending order.
	Constant []int
}

// Factors are what m outputs are multiplied by to bring them to one size, 0 for constants;
// ones where s is nil.
func (s *OutputScales) Factors(m int) []float64 {
	w := slices.Repeat([]float64{1}, m)
	if s == nil {
		return w
	}
	for o, g := range s.Gradients {
		w[o] = 1 / g
	}
	for _, o := range s.Constant {
		w[o] = 0
	}
	return w
}

// extremes returns the live outputs of smallest and of largest gradients.
func (s *OutputScales) extremes() (smallest, largest int) {
	constant := map[int]bool{}
	for _, o := range s.Constant {
		constant[o] = true
	}
	smallest, largest = -1, -1
	for o, g := range s.Gradients {
		if constant[o] {
			continue
		}
		if smallest < 0 || g < s.Gradients[smallest] {
			smallest = o
		}
		if largest < 0 || g > s.Gradients[largest] {
			largest = o
		}
	}
	return smallest, largest
}
