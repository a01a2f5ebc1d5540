package dynamics

import (
	"slices"

	"github.com/gomlx/gomlx/core/tensors"
	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/internal/monomial"
	"github.com/liegg/lab/liegg/lie"
)

// pointAction moves states and momenta z = (x, p) by fields ξ and clocks λ: ẋ = ξ(x),
// ṗ = −(∂ξ/∂x)ᵀp − λ(x)p. The first part is the Hamiltonian field of p·ξ(x).
type pointAction struct {
	fieldAction
	library Library // p·ξ(x)
	clocks  Library // the monomials of λ, as functions of z; unlike others, this library may hold the constant 1
}

// newPointAction returns the action for states z = (x, p).
func newPointAction(o ODE, z *tensors.Tensor) (pointAction, error) {
	l, err := fields(o.Degree, o.Names).framed(z)
	if err != nil {
		return pointAction{}, err
	}
	n, clocks := len(o.Names), Library{names: l.names, frame: l.frame}
	if o.Time >= 0 {
		for _, α := range monomial.List(n, o.Time) {
			clocks.exponents = append(clocks.exponents, append(α, make([]int, n)...))
		}
	}
	velocities := make([][]monomial.Polynomial, l.Dim()+clocks.Dim())
	for k := range velocities {
		velocities[k] = make([]monomial.Polynomial, 2*n)
	}
	for k, α := range l.exponents {
		g := monomial.Single(α, 2*n)
		for i := range n {
			velocities[k][i] = monomial.Polynomial{}.Plus(1/l.size(k), g.Derivative(n+i))
			velocities[k][n+i] = monomial.Polynomial{}.Plus(-1/l.size(k), g.Derivative(i))
		}
	}
	for k, α := range clocks.exponents {
		for i := range n {
			velocities[l.Dim()+k][n+i] = monomial.Polynomial{}.Plus(-1/clocks.size(k), monomial.Single(α, 2*n).Times(monomial.Variable(n+i, 2*n)))
		}
	}
	bases := append(slices.Repeat([]bool{true}, n), make([]bool, n)...)
	return pointAction{newFieldAction(velocities, l.frame.origin, l.frame.unit, bases), l, clocks}, nil
}

// Describe writes the fields and clocks that an algebra of generators spans, one a line.
func (a pointAction) Describe(algebra lie.Algebra, tolerance float64) string {
	return formulaLines(a.symmetries(algebra), tolerance)
}

// symmetries returns a readable basis.
func (a pointAction) symmetries(algebra lie.Algebra) (found []PointSymmetry) {
	for _, h := range echelon(algebra) {
		found = append(found, a.symmetry(h))
	}
	return found
}

func (a pointAction) symmetry(h []float64) PointSymmetry {
	n := a.library.Dim()
	all := Library{exponents: append(slices.Clone(a.library.exponents), a.clocks.exponents...), frame: a.library.frame}
	h = all.readable(h)
	return PointSymmetry{Quantity{a.library, h[:n]}, Quantity{a.clocks, h[n:]}}
}

// combinations returns Σ_j c_ji of symmetries for each column of c, in reduced row echelon form.
func (a pointAction) combinations(all []PointSymmetry, c *mat.Dense) []PointSymmetry {
	if c == nil {
		return nil
	}
	rows, columns := c.Dims()
	generators := make([]*mat.Dense, columns)
	for i := range generators {
		h := make([]float64, a.Dim())
		for j := range rows {
			for k := range h {
				h[k] += c.At(j, i) * all[j].coefficient(k)
			}
		}
		generators[i] = a.Generator(h)
	}
	return a.symmetries(lie.Span("", generators...))
}

// coefficient returns the k-th coefficient of the field and then of λ.
func (s PointSymmetry) coefficient(k int) float64 {
	if n := len(s.field.coefficients); k >= n {
		return s.time.coefficients[k-n]
	}
	return s.field.coefficients[k]
}
