package liegg

import (
	"fmt"
	"slices"
	"strings"

	"github.com/liegg/lab/liegg/internal/spelling"
)

// OutputScales holds the sizes by which the outputs of a function were divided before evidence
// was taken. Invariance f(exp(tH)x) = f(x) is a property of each output and does not depend on its
// unit, so the answer must not change with y_o ↦ c_o·y_o, c_o ≠ 0. Without scales, the output with
// the largest gradients would decide, and hide symmetries that the other outputs break.
//
// Only single outputs are rescaled, not their mixtures. An output has a name and a unit, but
// a component that is small in every output is a small defect and not another unit. Whitening
// the outputs would amplify without bound what remains if they are nearly dependent: the sum
// of centred logits, or the difference of two outputs that learned the same.
type OutputScales struct {
	// Gradients are √(Σ_i ‖∇f_o(x_i)‖²/N) of all outputs o, in the dual of the inner
	// product in which the metric is measured. If a few samples dominate that sum, none
	// counts for more than ten times the median.
	Gradients []float64
	// Constant are the outputs that were left out, in ascending order. They do not change by
	// more than rounding on the samples on which sizes were measured.
	Constant []int
}

// Factors returns the factors that bring m outputs to one size, 0 for constant outputs. All
// are 1 if s is nil.
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

// String lists the sizes of the outputs.
func (s OutputScales) String() string {
	var sizes []string
	for _, v := range s.Gradients {
		sizes = append(sizes, spelling.Short(v))
	}
	text := fmt.Sprintf("sizes of %s: %s", spelling.Count(len(sizes), "output"), strings.Join(sizes, " "))
	if len(s.Constant) > 0 {
		text += fmt.Sprintf("; left out as constant: %v", s.Constant)
	}
	return text
}
