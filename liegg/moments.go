package liegg

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"
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

// copied returns a copy of the moments; nil for nil.
func (m *Moments) copied() *Moments {
	if m == nil {
		return nil
	}
	c := *m
	c.Gradients, c.Data = copiedSym(m.Gradients), copiedSym(m.Data)
	return &c
}

// copiedSym returns a copy of s; nil for nil.
func copiedSym(s *mat.SymDense) *mat.SymDense {
	if s == nil {
		return nil
	}
	c := mat.NewSymDense(s.SymmetricDim(), nil)
	c.CopySym(s)
	return c
}

// add returns the sum of two moments, either of which may be nil. A field that is missing in
// one chunk is missing in the sum.
func (m *Moments) add(n *Moments) *Moments {
	if m == nil || n == nil {
		return nil
	}
	return &Moments{
		Coordinates:    n.Coordinates,
		Unpaired:       m.Unpaired + n.Unpaired,
		UnpairedMetric: m.UnpairedMetric + n.UnpairedMetric,
		Inner:          n.Inner,
		Gradients:      sumSym(m.Gradients, n.Gradients),
		Data:           sumSym(m.Data, n.Data),
	}
}

// sumSym returns a + b; nil if one of them is nil.
func sumSym(a, b *mat.SymDense) *mat.SymDense {
	if a == nil || b == nil {
		return nil
	}
	sum := new(mat.SymDense)
	sum.AddSym(a, b)
	return sum
}

// reference returns ρ_ref, the relative defect that unrelated gradients and
// velocities have: ρ_ref² = Σ‖J_i T_i'‖²_F / Σ‖J_i‖²_F‖T_i'‖²_F = 1/n_eff.
// It is at least 1/√n for inputs of n numbers, the value of unrelated directions that fill
// the space. Otherwise candidates that no gradient responds to (translations of a
// translation-invariant function) would be compared with themselves. Without moments it is
// 1, and ρ is judged as it is.
func (m *Moments) reference() float64 {
	if m == nil {
		return 1
	}
	floor := 1 / math.Sqrt(float64(m.Coordinates))
	if m.UnpairedMetric == 0 {
		return floor
	}
	return math.Min(1, math.Max(floor, math.Sqrt(m.Unpaired/m.UnpairedMetric)))
}
