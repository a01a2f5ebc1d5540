package liegg

import (
	"fmt"
	"math"
	"strings"

	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/internal/spelling"
	"github.com/liegg/lab/liegg/lie"
)

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
