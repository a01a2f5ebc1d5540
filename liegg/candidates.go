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

func homogeneous(c Candidates) bool {
	h, ok := c.(Homogeneous)
	return ok && h.Homogeneous()
}

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
