package liegg

import (
	"fmt"
	"slices"
	"strings"

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

// local presents centred candidates in coordinates about their centre.
type local struct {
	Candidates
	centred Centred
}

// localOf returns the candidates in coordinates about their centre, if they have one.
func localOf(c Candidates) Candidates {
	if m, ok := c.(Centred); ok && isAway(c, m) {
		return local{c, m}
	}
	return c
}

// isAway reports whether the centre of c is not the origin.
func isAway(c Candidates, m Centred) bool {
	h := make([]float64, c.Dim())
	for k := range h {
		h[k] = 1
		if !mat.Equal(c.Generator(h), m.LocalGenerator(h)) {
			return true
		}
		h[k] = 0
	}
	return false
}

func (l local) Generator(h []float64) *mat.Dense { return l.centred.LocalGenerator(h) }

// Homogeneous reports what the candidates as they were given report.
func (l local) Homogeneous() bool { return homogeneous(l.Candidates) }

// centringOf returns the Centring of c, or nil if c is not Centred.
func centringOf(c Candidates) *mat.Dense {
	if m, ok := c.(Centred); ok {
		return m.Centring()
	}
	return nil
}

// Describer is implemented by candidates that describe their generators better than matrices do,
// for instance as vector fields.
type Describer interface {
	// Describe writes a space of generators in a few lines. It leaves out coefficients below
	// tolerance, relative to the largest; 0 means a default. If the candidates are Centred,
	// the generators are given about the centre.
	Describe(a lie.Algebra, tolerance float64) string
}

func homogeneous(c Candidates) bool {
	h, ok := c.(Homogeneous)
	return ok && h.Homogeneous()
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

// spanOf returns the algebra spanned by some generators of the candidates.
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

// subspace holds the candidates h = W·g of other candidates.
type subspace struct {
	Candidates
	w *mat.Dense
}

func (s subspace) Dim() int {
	_, k := s.w.Dims()
	return k
}

func (s subspace) Generator(g []float64) *mat.Dense {
	var h mat.VecDense
	h.MulVec(s.w, mat.NewVecDense(len(g), g))
	return s.Candidates.Generator(h.RawVector().Data)
}

// Homogeneous reports what the whole space reports.
func (s subspace) Homogeneous() bool { return homogeneous(s.Candidates) }

// outputUnits says in which units candidates measure outputs, if those units differ much;
// otherwise it is "".
func outputUnits(c Candidates) string {
	const much = 10
	u, ok := c.(interface{ OutputSizes() []float64 })
	if !ok || len(u.OutputSizes()) == 0 || slices.Max(u.OutputSizes()) <= much*slices.Min(u.OutputSizes()) {
		return ""
	}
	var sizes []string
	for _, s := range u.OutputSizes() {
		sizes = append(sizes, fmt.Sprintf("%.0e", s))
	}
	return "outputs measured in units of " + strings.Join(sizes, ", ") + ", and inputs from the centre about which candidates are taken"
}
