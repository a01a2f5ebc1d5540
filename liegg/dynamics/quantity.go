package dynamics

import (
	"math"
	"strings"

	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/internal/monomial"
)

// Quantity is a function on phase space, Σ_k c_k G_k. Conserved measures coordinates in units of
// their standard deviations over the states. If their mean is more than three of these from 0,
// formulas are in powers of the distance from it, such as (x − 100)².
type Quantity struct {
	library      Library
	coefficients []float64 // in the library's frame
}

// Coefficients returns the c_k, in the order of the library: its monomials, as functions of z
// itself, and then its own functions.
func (q Quantity) Coefficients() []float64 { return q.library.inCoordinates(q.coefficients) }

// At returns the values of the function at states [N, 2n], up to a constant that is the same for all
// states. It returns an error if the states do not fit, or if values are not finite.
func (q Quantity) At(states *tensors.Tensor) ([]float64, error) {
	if err := q.library.check(states.Shape().Dimensions[1:]); err != nil {
		return nil, err
	}
	values, err := evaluate(states, func(z *Node) *Node { return combine([]Quantity{q}, z) })
	if err != nil {
		return nil, err
	}
	return mat.Col(nil, 0, values), nil
}

// String returns Formula(0).
func (q Quantity) String() string { return q.Formula(0) }

// Formula writes the function as, for example, "xp_y − ypₓ", with two significant digits and
// without terms below tolerance times the largest, each measured in the units of the states; 0
// means 1e-9.
func (q Quantity) Formula(tolerance float64) string { return q.formula(tolerance, 0) }

// formula is Formula for a quantity that stands beside others, whose largest coefficient, in the
// library's frame, is beside.
func (q Quantity) formula(tolerance, beside float64) string {
	if tolerance == 0 {
		tolerance = 1e-9
	}
	least := tolerance * math.Max(beside, floats.Norm(q.coefficients, math.Inf(1)))
	var text strings.Builder
	for k, v := range q.coefficients {
		if v != 0 && math.Abs(v) >= least {
			monomial.WriteTerm(&text, v/q.library.size(k), q.library.name(k))
		}
	}
	if text.Len() == 0 {
		return "0"
	}
	return text.String()
}

// name returns the k-th function as a factor in a formula.
func (l Library) name(k int) string {
	if k < len(l.exponents) {
		return monomial.Text(l.exponents[k], l.coordinateNames())
	}
	name := l.own[k-len(l.exponents)].Name
	if strings.ContainsAny(name[:1], "0123456789") || strings.ContainsAny(name, " +−-") {
		return "(" + name + ")"
	}
	return name
}

// Degree returns the degree of the function as a polynomial, and false if it has a coefficient
// of one of the library's own functions, above tolerance times the largest coefficient, each
// measured in the units of the states.
func (q Quantity) Degree(tolerance float64) (degree int, polynomial bool) {
	least := tolerance * floats.Norm(q.coefficients, math.Inf(1))
	for k, v := range q.coefficients {
		switch {
		case v == 0 || math.Abs(v) < least:
		case k >= len(q.library.exponents):
			return 0, false
		default:
			degree = max(degree, monomial.Degree(q.library.exponents[k]))
		}
	}
	return degree, true
}

// Generator returns the matrix of the canonical transformations that a quadratic function
// generates: A = Ω∂²G on states z = (q, p) for G = ½zᵀSz + bᵀz, with A = ΩS, shifts Ωb and
// Ω = [0 1; −1 0]. It is 2n+1 by 2n+1, [A Ωb; 0 0], an element of the affine symplectic algebra.
// Terms of other degrees are left out: see Degree.
func (q Quantity) Generator() *mat.Dense {
	n := len(q.library.names) / 2
	c := q.Coefficients()
	s, b := q.library.hessian(c), q.library.gradient(c)
	a := mat.NewDense(2*n+1, 2*n+1, nil)
	for i := range n {
		for j := range 2 * n {
			a.Set(i, j, s.At(n+i, j))
			a.Set(n+i, j, -s.At(i, j))
		}
		a.Set(i, 2*n, b[n+i])
		a.Set(n+i, 2*n, -b[i])
	}
	return a
}
