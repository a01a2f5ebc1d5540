package liegg

import (
	"fmt"
	"slices"
	"strings"
)

// Sizes tells that the outputs of a function were divided by their sizes before
// evidence was taken. f(exp(tH)x) = f(x) is said of each output, whatever its
// unit: so the answer must not change with y_o ↦ c_o·y_o, c_o ≠ 0. As they are,
// the output of largest gradients decides, and hides what the others break.
//
// Only single outputs are rescaled, their mixtures are not: an output is what was
// named and has a unit, and a part that is small in every output is a small
// defect, not another unit. To whiten the outputs would blow up, without bound,
// what is left where they are nearly dependent: the sum of centred logits, or the
// difference of two outputs that learned the same.
type Sizes struct {
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
func (s *Sizes) Factors(m int) []float64 {
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

// checkSizes tests what a chunk says of its sizes.
func (c Chunk) checkSizes(k int) error {
	if c.Plain == nil {
		if c.Sizes != nil || c.Influence != nil {
			return fmt.Errorf("%w: a chunk with Sizes or Influence needs Plain as well", ErrShape)
		}
		return nil
	}
	m := c.Outputs
	if c.Sizes != nil {
		m = len(c.Sizes.Gradients)
	}
	if c.Sizes != nil && m-len(c.Sizes.Constant) != c.Outputs {
		return fmt.Errorf("%w: %d of %d outputs are constant, but a chunk has %d of them",
			ErrShape, len(c.Sizes.Constant), m, c.Outputs)
	}
	if p := c.Plain; p.Plain != nil || p.Samples != c.Samples || p.Outputs != m || p.method() != c.method() {
		return fmt.Errorf("%w: Plain must hold the samples of its chunk with all %d outputs, kept alike", ErrShape, m)
	}
	return c.Plain.check(k)
}

// extremes returns the live outputs of smallest and of largest gradients.
func (s *Sizes) extremes() (smallest, largest int) {
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

// writeSizes says what the sizes of outputs would have changed, and which outputs
// were left out.
func (v *Verdict) writeSizes(b *strings.Builder) {
	if v.Sizes == nil {
		return
	}
	if v.BySize != v.Dim {
		small, large := v.Sizes.extremes()
		fmt.Fprintf(b, "  outputs were brought to one size: by their own, %.2g for output %d to %.2g for output %d, %s would be below the threshold\n",
			v.Sizes.Gradients[small], small+1, v.Sizes.Gradients[large], large+1, plural(v.BySize, "generator"))
	}
	if n := len(v.Sizes.Constant); n > 0 {
		fmt.Fprintf(b, "  left out: %s constant to within rounding at the first samples: %s\n", are(n, "output"), numbered(v.Sizes.Constant))
	}
}

// numbered counts outputs from 1, and names the first of many.
func numbered(outputs []int) string {
	const most = 8
	var names []string
	for _, o := range outputs[:min(most, len(outputs))] {
		names = append(names, fmt.Sprint(o+1))
	}
	if len(outputs) > most {
		names = append(names, "…")
	}
	return strings.Join(names, ", ")
}
