package liegg

import (
	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/lie"
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

// Homogeneous is implemented by candidates whose generators may be affine maps in
// homogeneous form, [A b; 0 0]. If it returns true, the symmetry bias is measured on the
// linear block A alone. The bias is then the distance to the Euclidean algebra se(n), and a
// rotation about any centre scores zero.
type Homogeneous interface {
	// Homogeneous reports whether the generators are in homogeneous form.
	Homogeneous() bool
}

// Centred is implemented by candidates that are expressed about a centre of the data other
// than the origin, as action.Centre does for affine maps. Their coefficients and
// Moments.Data belong to coordinates about the centre. Judge decides there, and transforms
// generators back.
type Centred interface {
	// LocalGenerator returns the Generator of h in coordinates whose origin is the centre.
	LocalGenerator(h []float64) *mat.Dense

	// Centring returns the change of coordinates q, a matrix of the size of generators, with
	// LocalGenerator(h) = q·Generator(h)·q⁻¹. It is nil if the centre is the origin, or if
	// no matrix makes that change.
	Centring() *mat.Dense
}

// Describer is implemented by candidates that describe their generators better than matrices do,
// for instance as vector fields.
type Describer interface {
	// Describe writes a space of generators in a few lines. It leaves out coefficients below
	// tolerance, relative to the largest; 0 means a default. If the candidates are Centred,
	// the generators are given about the centre.
	Describe(a lie.Algebra, tolerance float64) string
}

// described returns what the candidates say of an algebra; "" if they say nothing.
func described(c Candidates, a lie.Algebra) string {
	if d, ok := c.(Describer); ok && a.Dim() > 0 {
		return d.Describe(a, readable)
	}
	return ""
}

// readable is the tolerance of descriptions: how large a coefficient that should be zero
// may be for a trained network.
const readable = .05
