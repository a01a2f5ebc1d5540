package liegg

import (
	"fmt"
	"math"
	"strings"

	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/internal/candidates"
	"github.com/liegg/lab/liegg/internal/spelling"
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

// tableRows is how many generators a printed spectrum lists.
const tableRows = 30

// String returns the spectrum as a readable table. Its head gives N, outputs, K, the method,
// idle samples, directions that do not move the data, and how many of K are listed if not
// all are. Then follow one line per generator by ascending singular value, with s, s²/N, its
// own relative defect ρ(H) and its bias, and the relative defects in their own order. Values
// that are zero within the resolution of the method print as ≈0. Long lists are cut at 30,
// with the number left out.
func (s *Spectrum) String() string {
	var b strings.Builder
	s.writeHead(&b)
	s.writeSingular(&b)
	s.writeDefects(&b)
	return b.String()
}

func (s *Spectrum) writeHead(b *strings.Builder) {
	fmt.Fprintf(b, "Polarization spectrum: N = %d, %s, K = %d, %v (s/s_max resolved to %.0e)\n",
		s.N(), spelling.Count(s.Outputs, "output"), s.K, s.Method, s.Resolution())
	if n := len(s.BySingular); n < s.K {
		fmt.Fprintf(b, "the smallest %d of %d by s, and the smallest %d by ρ; s_max ≈ %.2e\n", n, s.K, len(s.ByDefect), s.Largest())
	}
	fmt.Fprintf(b, "dropped without a gradient: %s; not moving the data: %s\n",
		spelling.Count(s.Idle, "sample"), s.unmoved())
}

// unmoved says how many directions do not move the data.
func (s *Spectrum) unmoved() string {
	if s.Method == MatrixFree {
		return spelling.Count(s.Unmoved, "candidate") + ", combinations not counted"
	}
	return spelling.Count(s.Unmoved, "direction")
}

func (s *Spectrum) writeSingular(b *strings.Builder) {
	fmt.Fprintf(b, "%4s  %9s  %9s  %9s  %7s\n", "j", "s", "s²/N", "ρ(H)", "bias")
	floor := s.Resolution() * s.Largest()
	for j, g := range head(s.BySingular) {
		small := g.Singular <= floor || g.Defect <= s.Resolution()
		fmt.Fprintf(b, "%4d  %9s  %9s  %9s  %7.5f\n", j+1,
			figure(g.Singular, small), figure(g.Variance, small), figure(g.Defect, small), g.Bias)
	}
	writeRest(b, s.K-len(head(s.BySingular)))
}

func (s *Spectrum) writeDefects(b *strings.Builder) {
	const perLine = 5
	b.WriteString("relative defects ρ, ascending (each with a generator of its own):\n")
	for j, g := range head(s.ByDefect) {
		if j%perLine == 0 {
			fmt.Fprintf(b, "%4d", j+1)
		}
		fmt.Fprintf(b, "  %9s", figure(g.Defect, g.Defect <= s.Resolution()))
		if (j+1)%perLine == 0 || j+1 == len(s.ByDefect) {
			b.WriteByte('\n')
		}
	}
	writeRest(b, s.K-s.Unmoved-len(head(s.ByDefect)))
}

func head(gens []Generator) []Generator { return gens[:min(len(gens), tableRows)] }

func writeRest(b *strings.Builder, n int) {
	if n > 0 {
		fmt.Fprintf(b, "   … %d more\n", n)
	}
}

// figure prints three digits, ≈0 for a value within rounding of zero, and – for an undefined
// one.
func figure(v float64, zero bool) string {
	switch {
	case math.IsNaN(v):
		return "–"
	case zero:
		return "≈0"
	}
	return fmt.Sprintf("%.2e", v)
}

// String is a line of figures, and the matrix without entries below a twentieth of its
// largest.
func (g Generator) String() string {
	text := fmt.Sprintf("s = %s, s²/N = %s, ρ = %s, bias %s", figure(g.Singular, false), figure(g.Variance, false), figure(g.Defect, false), figure(g.Bias, false))
	if g.H == nil {
		return text
	}
	return text + "\n" + matrixText(g.H)
}

// matrixText is a small matrix in lines, and the size of a large one or one that has
// no figures to show.
func matrixText(h *mat.Dense) string {
	const readableSize = 20
	rows, columns := h.Dims()
	if rows != columns || rows > readableSize || hasNaN(h) {
		return fmt.Sprintf("%d×%d matrix", rows, columns)
	}
	return lie.FormatMatrix(h, readable)
}

func hasNaN(h *mat.Dense) bool {
	for _, v := range h.RawMatrix().Data {
		if v-v != 0 {
			return true
		}
	}
	return false
}
