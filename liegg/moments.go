package liegg

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/internal/spelling"
)

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
