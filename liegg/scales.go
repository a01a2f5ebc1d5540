package liegg

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/internal/linalg"
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

// Variation is the second scale of a verdict. The relative defect ρ compares how f changes
// along A with how steep f is. Near a null cone, or if f oscillates quickly, f is steep
// everywhere and yet varies little over the data. Along the scaling of x² − y² near the
// cone, ρ is a few thousandths although the scaling multiplies f by e²ᵗ. So the change along
// A is also compared with how f varies over the data:
//
//	η(h)² = Σ_i w_i‖J_iT_ih‖² / (V · Σ_i w_i‖T_ih‖²_S),
//
// the change of f along h over one extent of the data, in units of the spread √V of f. S
// is the inner product in which the data have unit variance in every direction. Over one
// extent Δ = E‖f(gx) − f(x)‖²/(2 Var f) is about η²/2.
//
// If outputs are to move by B, the change is J·Ax − B·f, by which f departs from how it should
// change. If B is free, pairs (A, B) move points (x, f(x)), so ‖Bf‖²/V is added to ‖T_ih‖²_S.
type Variation struct {
	// Motion is Σ_i w_i T_iᵀST_i, K×K.
	Motion mat.Symmetric
	// Outputs is V, a variance of the outputs, divided by their Scales if they have any,
	// that a few large outputs do not dominate. It is the same for all chunks; 0 if it is
	// not known.
	Outputs float64
	// Typical is, for each candidate, the squared motion of a typical sample, in units of the
	// extent that the data have by their quantiles; nil if that is not known. If the data
	// have heavy tails, Motion is the motion of a few large samples, and one extent of the
	// data is theirs: most samples hardly move by it. It is the same for all chunks, and +Inf
	// for a candidate that moves outputs only.
	Typical []float64
}

// String returns, for example, "motion of 9 candidates, outputs of variance 1.2".
func (v *Variation) String() string {
	if v == nil || v.Motion == nil {
		return "no motion"
	}
	return fmt.Sprintf("motion of %s, outputs of variance %s", spelling.Count(v.Motion.SymmetricDim(), "candidate"), spelling.Short(v.Outputs))
}

func (v *Variation) check(k int) error {
	if v == nil {
		return nil
	}
	if v.Motion == nil || v.Motion.SymmetricDim() != k || !(v.Outputs >= 0) {
		return fmt.Errorf("%w: a Variation needs a %d×%d Motion and a variance of outputs that is not negative", ErrShape, k, k)
	}
	if v.Typical != nil && len(v.Typical) != k {
		return fmt.Errorf("%w: a Variation of %d candidates has %d in Typical", ErrShape, k, len(v.Typical))
	}
	if !linalg.IsFinite(v.Motion) {
		return &NotFiniteError{Sample: -1, What: "the summed motion of the samples"}
	}
	return nil
}

// plus adds w to v and returns it, or a copy of w if v is nil. w may be nil.
func (v *Variation) plus(w *Variation) *Variation {
	if w == nil {
		return v
	}
	if v == nil {
		v = new(Variation)
	}
	v.Motion = linalg.Plus(v.Motion, w.Motion)
	v.Outputs, v.Typical = w.Outputs, w.Typical
	return v
}

// Moments holds second moments of gradients and data in the space of inputs. Defects are compared
// with them, and they distinguish learned symmetries from trivial ones. All fields are sums over
// the samples of a chunk.
type Moments struct {
	// Coordinates is the number of numbers in an input.
	Coordinates int

	// Unpaired is Σ_i ‖J_i T_i'‖²_F, where i' is another sample than i: the sum for
	// unrelated gradients and velocities. UnpairedMetric is Σ_i ‖J_i‖²_F ‖T_i'‖²_F, its
	// bound.
	Unpaired, UnpairedMetric float64

	// Gradients is Σ_i Σ_v g gᵀ over the gradients g of every output by every
	// vector x_v of the input, n×n. Data is Σ_i Σ_v x_v x_vᵀ over the samples
	// that have a gradient, in the size of the generators (so of (x_v, 1) for
	// affine candidates). Both are nil if candidates do not act on vectors, and Gradients is nil
	// if outputs move, too.
	Gradients, Data *mat.SymDense

	// Inner is the inner product S of velocities, n×n, in which Metric is
	// measured: ‖v‖² = vᵀSv, and gᵀS⁻¹g for gradients. Nil is the Euclidean
	// one. It is the same for all chunks.
	Inner *mat.SymDense
}

func (m *Moments) check() error {
	if m == nil {
		return nil
	}
	if m.Coordinates < 1 || m.Unpaired < 0 || m.UnpairedMetric < 0 {
		return fmt.Errorf("%w: moments of %d coordinates with unpaired sums %g and %g: want at least 1, and sums of squares",
			ErrShape, m.Coordinates, m.Unpaired, m.UnpairedMetric)
	}
	if math.IsNaN(m.Unpaired+m.UnpairedMetric) || math.IsInf(m.Unpaired+m.UnpairedMetric, 0) {
		return &NotFiniteError{Sample: -1, What: "the moments of a chunk"}
	}
	if m.Gradients != nil && m.Data == nil {
		return fmt.Errorf("%w: moments have Gradients without Data", ErrShape)
	}
	return nil
}

// String is the defect of unrelated directions, and the size of the moments.
func (m Moments) String() string {
	text := fmt.Sprintf("moments of inputs of %s", spelling.Count(m.Coordinates, "number"))
	if m.Gradients != nil {
		text += fmt.Sprintf(", %d of gradients", m.Gradients.SymmetricDim())
	}
	if m.Data != nil {
		text += fmt.Sprintf(", %d of data", m.Data.SymmetricDim())
	}
	return text
}
