package liegg

import (
	"github.com/liegg/lab/liegg/lie"
	"gonum.org/v1/gonum/mat"
)

// Candidates is the candidate Lie algebra of an action: how K coefficients
// make a matrix. A lie.Algebra is one; lie.GL(n) holds every n×n matrix.
type Candidates interface {
	// Dim is K, the number of coefficients.
	Dim() int

	// Generator returns Σ_k h_k A_k as a new square matrix. The length of h
	// is K. The matrices A_k must be linearly independent and finite.
	Generator(h []float64) *mat.Dense
}

// Homogeneous is implemented by candidates whose generators may be affine maps
// in homogeneous form, [A b; 0 0]. Where it answers true, symmetry bias is
// measured on the linear block A alone, so that it is the distance to the
// Euclidean algebra se(n): a rotation about any centre scores zero.
type Homogeneous interface {
	// Homogeneous reports whether the generators are in homogeneous form.
	Homogeneous() bool
}

// Describer is implemented by candidates whose generators read better than as
// matrices, such as the vector fields that they stand for.
type Describer interface {
	// Describe writes a space of generators in a few lines, without coefficients
	// below tolerance relative to the largest; 0 means a default.
	Describe(a lie.Algebra, tolerance float64) string
}

func homogeneous(c Candidates) bool {
	h, ok := c.(Homogeneous)
	return ok && h.Homogeneous()
}

// described is what the candidates say of an algebra, "" where they say nothing.
func described(c Candidates, a lie.Algebra) string {
	if d, ok := c.(Describer); ok && a.Dim() > 0 {
		return d.Describe(a, readable)
	}
	return ""
}

// readable is the tolerance of descriptions: what a trained network leaves of a
// coefficient that is zero.
const readable = .05

// spanOf is the algebra of some generators of the candidates.
func spanOf(c Candidates, name string, gens []*mat.Dense) lie.Algebra {
	switch {
	case len(gens) == 0:
		n, _ := c.Generator(make([]float64, c.Dim())).Dims()
		return lie.Trivial(n)
	case homogeneous(c):
		return lie.SpanAffine(name, gens...)
	}
	return lie.Span(name, gens...)
}
