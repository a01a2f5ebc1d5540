package liegg

import (
	"fmt"
	"strings"

	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/internal/spelling"
	"github.com/liegg/lab/liegg/lie"
)

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

// String summarises the evidence.
func (e *Evidence) String() string {
	return fmt.Sprintf("evidence: %s in %s, K = %d", spelling.Count(e.Samples(), "sample"), spelling.Count(len(e.blocks), "block"), e.k)
}

// String summarises the polarization.
func (p *Polarization) String() string {
	return fmt.Sprintf("polarization matrix: %s, %d without a gradient, %s, K = %d, kept as %v",
		spelling.Count(p.Samples(), "sample"), p.Idle(), spelling.Count(p.Outputs(), "output"), p.k, p.Method())
}

// String gives the numbers of candidates and samples.
func (p Products) String() string {
	return fmt.Sprintf("products with a polarization matrix: %s, %s, K = %d", spelling.Count(p.Samples, "sample"), spelling.Count(p.Outputs, "output"), len(p.Gram))
}

// String summarises the chunk.
func (c Chunk) String() string {
	kind := "nothing"
	switch {
	case c.Rows != nil:
		kind = "rows"
	case c.Gram != nil:
		kind = "a Gram matrix"
	}
	text := fmt.Sprintf("chunk: %s, %s, %s", spelling.Count(c.Samples, "sample"), spelling.Count(c.Outputs, "output"), kind)
	if c.Metric != nil {
		text += fmt.Sprintf(", K = %d", c.Metric.SymmetricDim())
	}
	return text
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

// String names the figures, defaults filled in.
func (r Rule) String() string {
	r = r.filled()
	return fmt.Sprintf("Threshold %g, Gap %g, Confidence %g, Resamples %d, Seed %d", r.Threshold, r.Gap, r.Confidence, r.Resamples, r.Seed)
}
