package dynamics

import (
	"math"
	"slices"

	"github.com/gomlx/gomlx/core/tensors"
	"gonum.org/v1/gonum/floats"

	"github.com/liegg/lab/liegg/internal/monomial"
	"github.com/liegg/lab/liegg/lie"
)

// lagrangianAction moves states and multipliers (q, q̇, p, s) as Lagrangian.Of says. The candidates
// are c, if it is looked for, the fields ξ, and the functions F.
type lagrangianAction struct {
	fieldAction
	scaling bool
	fields  Library // p·ξ(q)
	gauges  Library // F(q)
}

// newLagrangianAction returns the action for states z = (q, q̇, p, s).
func newLagrangianAction(l Lagrangian, z *tensors.Tensor) (a lagrangianAction, err error) {
	values, err := rowsOf(z)
	if err != nil {
		return a, err
	}
	n, u := len(l.Names), deviations(values)
	origin := make([]float64, len(u))
	copy(origin, originOf(values, u)[:n])
	a.scaling = l.Scaling
	a.fields = fields(l.Degree, l.Names)
	a.fields.frame = frame{origin: make([]float64, 2*n), unit: make([]float64, 2*n)}
	for i := range n {
		a.fields.frame.origin[i], a.fields.frame.unit[i], a.fields.frame.unit[n+i] = origin[i], u[i], 1/u[i]
	}
	a.gauges = Library{names: slices.Clone(l.Names), frame: frame{origin: origin[:n], unit: u[:n]}}
	if l.Gauge > 0 {
		list := monomial.List(n, l.Gauge)
		a.gauges.exponents = list[:len(list)-1]
	}
	bases := append(slices.Repeat([]bool{true}, n), make([]bool, n+2)...)
	a.fieldAction = newFieldAction(a.candidates(n), origin, u, bases)
	return a, nil
}

// candidates returns the velocities of (q, q̇, p, s) along each.
func (a lagrangianAction) candidates(n int) (all [][]monomial.Polynomial) {
	size := 2*n + 2
	p := monomial.Variable(2*n, size)
	if a.scaling {
		velocity := make([]monomial.Polynomial, size)
		velocity[2*n] = monomial.Polynomial{}.Plus(-1, p)
		all = append(all, velocity)
	}
	for k, α := range a.fields.exponents {
		velocity, ξ := make([]monomial.Polynomial, size), monomial.Single(α[:n], size)
		i := slices.Index(α[n:], 1)
		velocity[i] = monomial.Polynomial{}.Plus(1/a.fields.size(k), ξ)
		velocity[n+i] = monomial.Polynomial{}.Plus(1/a.fields.size(k), alongVelocity(ξ, n))
		all = append(all, velocity)
	}
	for k, β := range a.gauges.exponents {
		velocity := make([]monomial.Polynomial, size)
		velocity[size-1] = monomial.Polynomial{}.Plus(-1/a.gauges.size(k), p.Times(alongVelocity(monomial.Single(β, size), n)))
		all = append(all, velocity)
	}
	return all
}

// alongVelocity returns q̇·∂g/∂q for a polynomial of q.
func alongVelocity(g monomial.Polynomial, n int) monomial.Polynomial {
	d := monomial.Polynomial{}
	for j := range n {
		d = d.Plus(1, g.Derivative(j).Times(monomial.Variable(n+j, 2*n+2)))
	}
	return d
}

// Describe writes the symmetries that an algebra of generators spans, one a line.
func (a lagrangianAction) Describe(algebra lie.Algebra, tolerance float64) string {
	return formulaLines(a.symmetries(algebra, tolerance), tolerance)
}

// symmetries returns a readable basis. If c is among the candidates it is the first, so that the
// echelon form has one field with a scale at most. Scales below tolerance times the largest
// coefficient count as 0.
func (a lagrangianAction) symmetries(algebra lie.Algebra, tolerance float64) (found []LagrangianSymmetry) {
	first := a.Dim() - a.fields.Dim() - a.gauges.Dim()
	size := func(k int) float64 {
		switch k -= first; {
		case k < 0:
			return 1
		case k < a.fields.Dim():
			return a.fields.size(k)
		}
		return a.gauges.size(k - a.fields.Dim())
	}
	for _, h := range echelon(algebra) {
		if a.scaling && math.Abs(h[0]) < math.Max(tolerance, 1e-9)*floats.Norm(h, math.Inf(1)) {
			h[0] = 0
		}
		h = readableBy(h, size)
		s := LagrangianSymmetry{field: Quantity{a.fields, h[first : first+a.fields.Dim()]}, gauge: Quantity{a.gauges, h[first+a.fields.Dim():]}}
		if a.scaling {
			s.Scale = h[0]
		}
		found = append(found, s)
	}
	return found
}
