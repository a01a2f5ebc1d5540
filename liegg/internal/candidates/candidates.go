// Package candidates presents the candidates of liegg.Judge in other coordinates and in other bases.
package candidates

import (
	"fmt"
	"slices"
	"strings"

	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/keep"
	"github.com/liegg/lab/liegg/lie"
)

// Space is a space of candidates as liegg.Candidates describes it.
type Space interface {
	Dim() int
	Generator(h []float64) *mat.Dense
}

// centred is liegg.Centred.
type centred interface {
	LocalGenerator(h []float64) *mat.Dense
	Centring() *mat.Dense
}

// Local presents centred candidates in coordinates about their centre.
type Local struct {
	Space
	centred centred
}

// LocalOf returns the candidates in coordinates about their centre, if they have one.
func LocalOf(c Space) Space {
	if m, ok := c.(centred); ok && isAway(c, m) {
		return Local{c, m}
	}
	return c
}

// isAway reports whether the centre of c is not the origin.
func isAway(c Space, m centred) bool {
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

// Generator returns the Generator of h about the centre.
func (l Local) Generator(h []float64) *mat.Dense { return l.centred.LocalGenerator(h) }

// Homogeneous reports what the candidates as they were given report.
func (l Local) Homogeneous() bool { return AreHomogeneous(l.Space) }

// CentringOf returns the Centring of c, or nil if c is not centred.
func CentringOf(c Space) *mat.Dense {
	if m, ok := c.(centred); ok {
		return m.Centring()
	}
	return nil
}

// AreHomogeneous reports whether generators are in homogeneous form: see liegg.Homogeneous.
func AreHomogeneous(c Space) bool {
	h, ok := c.(interface{ Homogeneous() bool })
	return ok && h.Homogeneous()
}

// Span returns the algebra spanned by some generators of the candidates.
func Span(c Space, name string, gens []*mat.Dense) lie.Algebra {
	switch {
	case len(gens) == 0:
		n, _ := c.Generator(make([]float64, c.Dim())).Dims()
		return lie.Trivial(n)
	case AreHomogeneous(c):
		return lie.SpanAffine(name, gens...)
	}
	return lie.Span(name, gens...)
}

// Subspace holds the candidates h = W·g of other candidates.
type Subspace struct {
	Space
	W *mat.Dense
}

// Dim is the number of columns of W.
func (s Subspace) Dim() int {
	_, k := s.W.Dims()
	return k
}

// Generator returns the Generator of W·g.
func (s Subspace) Generator(g []float64) *mat.Dense {
	var h mat.VecDense
	h.MulVec(s.W, mat.NewVecDense(len(g), g))
	return s.Space.Generator(h.RawVector().Data)
}

// Homogeneous reports what the whole space reports.
func (s Subspace) Homogeneous() bool { return AreHomogeneous(s.Space) }

// OutputUnits says in which units candidates measure outputs, if those units differ much;
// otherwise it is "".
func OutputUnits(c Space) string {
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

// Carried presents candidates in the coordinates x ↦ Q·x; Back is the inverse of Q. An algebra is spanned
// in these coordinates, because a basis that is computed in mixed units and then transformed loses the
// digits of its smaller entries.
type Carried struct {
	Space
	Q, Back *mat.Dense
}

// Generator returns Q·A·Q⁻¹, with A the Generator of h in the original coordinates.
func (c Carried) Generator(h []float64) *mat.Dense {
	var carried mat.Dense
	carried.Product(c.Q, c.Space.Generator(h), c.Back)
	return &carried
}

// Homogeneous reports what the original candidates report.
func (c Carried) Homogeneous() bool { return AreHomogeneous(c.Space) }

// Spectra that are kept hold their candidates in these forms.
func init() { keep.Register(Local{}, Subspace{}) }
