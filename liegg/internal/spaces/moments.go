// Package spaces finds what second moments of gradients and data tell of the space of inputs: the
// subspaces that gradients and data span, units of its coordinates, and coordinates in which the data
// are white.
package spaces

import (
	"math"

	"gonum.org/v1/gonum/mat"
)

// Moments are liegg.Moments of some samples, or of no sample if nil.
type Moments struct {
	Coordinates              int
	Unpaired, UnpairedMetric float64
	Gradients, Data          *mat.SymDense
	Inner                    *mat.SymDense
}

// Copied returns a copy of the moments; nil for nil.
func (m *Moments) Copied() *Moments {
	if m == nil {
		return nil
	}
	c := *m
	c.Gradients, c.Data = copied(m.Gradients), copied(m.Data)
	return &c
}

// copied returns a copy of s; nil for nil.
func copied(s *mat.SymDense) *mat.SymDense {
	if s == nil {
		return nil
	}
	c := mat.NewSymDense(s.SymmetricDim(), nil)
	c.CopySym(s)
	return c
}

// Plus returns the sum of two moments, either of which may be nil. A field that is missing in
// one chunk is missing in the sum.
func (m *Moments) Plus(n *Moments) *Moments {
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

// Reference returns ρ_ref, the relative defect that unrelated gradients and
// velocities have: ρ_ref² = Σ‖J_i T_i'‖²_F / Σ‖J_i‖²_F‖T_i'‖²_F = 1/n_eff.
// It is at least 1/√n for inputs of n numbers, the value of unrelated directions that fill
// the space. Otherwise candidates that no gradient responds to (translations of a
// translation-invariant function) would be compared with themselves. Without moments it is
// 1, and ρ is judged as it is.
func (m *Moments) Reference() float64 {
	if m == nil {
		return 1
	}
	floor := 1 / math.Sqrt(float64(m.Coordinates))
	if m.UnpairedMetric == 0 {
		return floor
	}
	return math.Min(1, math.Max(floor, math.Sqrt(m.Unpaired/m.UnpairedMetric)))
}
