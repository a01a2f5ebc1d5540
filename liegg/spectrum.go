package liegg

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/internal/candidates"
	"github.com/liegg/lab/liegg/lie"
)

// Generator is one direction of the candidate algebra as a matrix H of unit Frobenius norm,
// with its figures on the data. Its sign is such that the first of its entries of largest
// magnitude is positive.
type Generator struct {
	H        *mat.Dense
	Singular float64 // s = ‖C·h‖, in units of the output
	Variance float64 // symmetry variance s²/N, N the samples that are not idle
	Defect   float64 // relative defect ρ(H) = √(Σ‖J_i T_i h‖² / Σ‖J_i‖²_F ‖T_i h‖²) ∈ [0,1]; NaN if H does not move the data
	Bias     float64 // symmetry bias ‖H − ½(H − Hᵀ)‖_F ∈ [0,1], on the linear block for affine candidates
}

// Spectrum lists the generators of a polarization matrix in two orders. Entries of the two lists
// with the same index do not belong together.
//
// BySingular are the right singular vectors of C by ascending singular value, all K of them
// or the smallest: the paper's spectrum. They are orthonormal in the Frobenius product. If the
// candidates' basis is not orthonormal, it is orthonormalised first, so that s refers to matrices
// of unit norm and does not depend on the basis.
//
// ByDefect solves CᵀC h = ρ² D h, D = Σ‖J_i‖²_F T_iᵀT_i, by ascending relative
// defect ρ, with Null(D) projected out: K − Unmoved of them, orthogonal in D
// and not in the Frobenius product. ρ does not change with the scale of the
// output or of the inputs.
//
// For many candidates, both hold only the smallest: see Polarization.Smallest.
type Spectrum struct {
	BySingular []Generator
	ByDefect   []Generator

	K       int
	Samples int // all samples, idle ones included
	Idle    int // samples without a gradient: dropped, not counted in N
	Outputs int // rows per sample
	Unmoved int // directions that do not move the data, dim Null(D); for MatrixFree only the single candidates among them
	Method  Method

	candidates Candidates
	largest    float64
}

// Largest is the largest singular value s, the one of the last generator if all are listed.
// Otherwise it is a lower bound, usually right to a few per cent.
func (s *Spectrum) Largest() float64 { return s.largest }

// N is the number of samples that count: those with a gradient.
func (s *Spectrum) N() int { return s.Samples - s.Idle }

// Resolution is the singular value, relative to the largest, below which rounding dominates:
// 16·K·ε for QR and √(16·K·ε) for Gram and MatrixFree, ε = 2⁻⁵². Rows that were computed in
// float32 are no better than 1e-7 either way.
func (s *Spectrum) Resolution() float64 { return resolutionOf(s.Method, s.K) }

func resolutionOf(m Method, k int) float64 {
	const ε = 0x1p-52
	relative := 16 * float64(k) * ε
	if m == QR {
		return relative
	}
	return math.Sqrt(relative)
}

// Algebra returns the span of the d generators of smallest singular value. Its
// basis is those generators. It panics if d is not in 0 … len(BySingular).
func (s *Spectrum) Algebra(d int) lie.Algebra {
	return s.span("s", s.BySingular, d)
}

// DefectAlgebra returns the span of the d generators of smallest relative
// defect, made orthonormal. Directions that do not move the data are left out. It
// panics if d is not in 0 … len(ByDefect).
func (s *Spectrum) DefectAlgebra(d int) lie.Algebra {
	return s.span("ρ", s.ByDefect, d)
}

func (s *Spectrum) span(order string, gens []Generator, d int) lie.Algebra {
	if d < 0 || d > len(gens) {
		panic(fmt.Sprintf("liegg: an algebra of the %d smallest of %d generators", d, len(gens)))
	}
	basis := make([]*mat.Dense, d)
	for i := range basis {
		basis[i] = gens[i].H
	}
	return candidates.Span(s.candidates, fmt.Sprintf("%d smallest by %s", d, order), basis)
}

// Gap returns the d at which ρ_{d+1}/ρ_d is largest, among the defects that are listed, and
// that ratio. It is only a hint: d is at least 1 even for a function without any symmetry,
// and less than K even if all candidates are symmetries. Defects below the resolution count
// as equal to it. With fewer than two directions it returns 0, 1.
func (s *Spectrum) Gap() (d int, ratio float64) {
	ratio = 1
	if len(s.ByDefect) < 2 {
		return 0, ratio
	}
	d = 1
	for i := 1; i < len(s.ByDefect); i++ {
		below, above := s.floored(i-1), s.floored(i)
		if r := above / below; r > ratio {
			d, ratio = i, r
		}
	}
	return d, ratio
}

// floored is ρ of rank i, not below the resolution.
func (s *Spectrum) floored(i int) float64 {
	return math.Max(s.ByDefect[i].Defect, s.Resolution())
}

// Variances are the symmetry variances s²/N of BySingular, ascending.
func (s *Spectrum) Variances() []float64 {
	return column(s.BySingular, func(g Generator) float64 { return g.Variance })
}

// Biases are the symmetry biases of BySingular, in its order.
func (s *Spectrum) Biases() []float64 {
	return column(s.BySingular, func(g Generator) float64 { return g.Bias })
}

// Defects are the relative defects ρ of ByDefect, ascending.
func (s *Spectrum) Defects() []float64 {
	return column(s.ByDefect, func(g Generator) float64 { return g.Defect })
}

func column(gens []Generator, of func(Generator) float64) []float64 {
	values := make([]float64, len(gens))
	for i, g := range gens {
		values[i] = of(g)
	}
	return values
}
