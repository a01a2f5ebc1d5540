package defects

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/internal/linalg"
)

// Variation is a liegg.Variation of all samples.
type Variation struct {
	Motion  mat.Symmetric
	Outputs float64
	Typical []float64
}

// Along returns η of every column of h, given the sum ‖C h‖² of all samples. Outputs must be
// known.
func (v *Variation) Along(h *mat.Dense, squares []float64) []float64 {
	return v.over(h, squares)
}

// Typically is Along, with one extent of the data as it is for a typical one of the samples,
// if that is more. It is the same for normal data.
func (v *Variation) Typically(h *mat.Dense, squares []float64, samples int) []float64 {
	share := slices.Repeat([]float64{1}, v.Motion.SymmetricDim())
	for k, typical := range v.Typical {
		if moved := v.Motion.At(k, k); moved > 0 {
			share[k] = math.Min(1, math.Sqrt(typical*float64(samples)/moved))
		}
	}
	scaled := mat.DenseCopyOf(h)
	linalg.ScaleRows(scaled, share)
	return v.over(scaled, squares)
}

// over returns the root of the change of each column, in units of the spread of the outputs, per
// unit of the motion of each column of h.
func (v *Variation) over(h *mat.Dense, squares []float64) []float64 {
	motion := linalg.Product(v.Motion, h)
	η := make([]float64, len(squares))
	for j, s := range squares {
		if moved := mat.Dot(h.ColView(j), motion.ColView(j)); moved > 0 {
			η[j] = math.Sqrt(s / (v.Outputs * moved))
		}
	}
	return η
}
