package dynamics

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/gomlx/gomlx/core/tensors"
	"gonum.org/v1/gonum/floats"

	"github.com/liegg/lab/liegg"
	"github.com/liegg/lab/liegg/internal/monomial"
	"github.com/liegg/lab/liegg/network"
)

// PDE says what a learned right-hand side is a function of, and which symmetries of the
// equation are looked for. The equation is u_L = F(x, t, u, u_x, …), solved for one derivative:
//
//	PDE{Independent: []string{"x", "t"}, Dependent: []string{"u"},
//		Coordinates: []string{"x", "t", "u", "u_x", "u_xx"}, Solved: "t", Degree: 2}
//
// is u_t = F(x, t, u, u_x, u_xx). Fields of degree 1 or more change with x and t, so these are
// coordinates even if F does not depend on them.
type PDE struct {
	// Independent and Dependent are the names of the variables, one letter for each
	// independent one. There is one equation for each dependent variable.
	Independent, Dependent []string
	// Coordinates are the columns of the jets: variables and derivatives, such as "u_xx".
	Coordinates []string
	// Inputs are the coordinates that the network takes, in this order; nil means all. Others
	// are needed if derivatives that F does not depend on enter the symmetries of those that it
	// does, such as u_xt for the wave equation.
	Inputs []string
	// Solved are the independent variables by which the left-hand sides are differentiated:
	// "t" for u_t = F, "tt" for u_tt = F.
	Solved string
	// Degree is the largest degree of the polynomials ξ_i and φ_a in the variables.
	Degree int
	// Seed draws the multipliers.
	Seed uint64
}

// PDESymmetries are the point symmetries of a partial differential equation.
type PDESymmetries struct {
	// Verdict is the verdict on the equation as an invariant function of jets and multipliers.
	Verdict *liegg.Verdict
	// Fields are a basis of the symmetries. If the verdict is Undetermined, they are guesses.
	Fields []PDESymmetry
	// LeftOut is the number of candidates left out because their flow of the jets needs
	// derivatives of the equation. For evolution equations of order two or more in x these are
	// ∂t with coefficients of x and u, which are never among the symmetries.
	LeftOut int
}

// PDESymmetry is a vector field Σ ξ_i ∂/∂x_i + Σ φ_a ∂/∂u_a whose flow takes solutions to
// solutions.
type PDESymmetry struct{ field Quantity }

// Formula writes the field, such as "2t∂x − xu∂u". Coefficients below tolerance times the
// largest are left out; 0 means 1e-9.
func (s PDESymmetry) Formula(tolerance float64) string { return s.field.Formula(tolerance) }

// String returns Formula(0).
func (s PDESymmetry) String() string { return s.Formula(0) }

// Move returns the point to which the field's flow takes a point after a time ε. A point is the
// independent variables and then the dependent ones: (x, t, u). The flow takes the graph of one
// solution u(x, t) to the graph of another. It is integrated by the classical Runge–Kutta method in
// 100 steps. Move panics unless the point has all variables.
func (s PDESymmetry) Move(point []float64, ε float64) []float64 {
	if n := len(s.field.library.names) / 2; len(point) != n {
		panic(fmt.Sprintf("dynamics: Move: a point has the %d variables %q, got %d numbers", n, s.field.library.names[:n], len(point)))
	}
	const steps = 100
	z := slices.Clone(point)
	for range steps {
		z, _ = rungeKutta(z, s.at(z), ε/steps, func(z []float64) ([]float64, error) { return s.at(z), nil })
	}
	return z
}

// at returns the field at a point.
func (s PDESymmetry) at(point []float64) []float64 {
	l, n := s.field.library, len(point)
	velocity, fromOrigin := make([]float64, n), floats.SubTo(make([]float64, n), point, l.frame.origin[:n])
	for k, α := range l.exponents {
		velocity[slices.Index(α[n:], 1)] += s.field.coefficients[k] / l.size(k) * monomial.Power(fromOrigin, α[:n])
	}
	return velocity
}

// String writes the equation and the degree.
func (p PDE) String() string {
	inputs := p.Inputs
	if inputs == nil {
		inputs = p.Coordinates
	}
	left := make([]string, len(p.Dependent))
	for i, name := range p.Dependent {
		left[i] = name + "_" + p.Solved
	}
	return fmt.Sprintf("%s = F(%s), polynomials of degree %d", strings.Join(left, ", "), strings.Join(inputs, ", "), p.Degree)
}

// Of finds the point symmetries of u_L = F. f takes Inputs and has one output for each
// dependent variable; jets [N, len(Coordinates)] are samples of the coordinates. A field is a
// symmetry if its prolongation to derivatives satisfies
//
//	Σ_z ∂F/∂z·φ_z = φ_L  wherever u_L = F
//
// (Olver, "Applications of Lie Groups to Differential Equations", 1993, theorem 2.31). This says
// that p·F(z) + s is invariant under ż = φ_z, ṡ = −p·φ_L for all multipliers p and s, of which each
// sample gets random ones.
//
// Jets should be spread over the space of their coordinates, independently of each other. The jets
// of a few solutions lie on surfaces, and more fields count as symmetries that satisfy the equation
// there: the verdict is undetermined if jets satisfy a polynomial equation of degree 3 or less. Other
// surfaces are not noticed.
//
// If F was learned from jets, give jets with u_L that it was not trained on as s.Validation: X has
// the Coordinates and Y the left-hand sides. The verdict then says how well F fits, and is
// undetermined if more symmetries of the equation could hide in what it leaves unexplained.
// evolution.Jets.Second lets this include the errors of derivatives that were computed from a grid.
//
// Of returns the errors of network.Judge, and an error if a coordinate is missing on which the
// prolongation of an input depends. It panics if the fields of the PDE do not fit each other or
// jets.
func (p PDE) Of(f *network.Network, jets *tensors.Tensor, s network.Settings) (*PDESymmetries, error) {
	e, err := p.equation()
	if err != nil {
		return nil, err
	}
	if jets.Rank() != 2 || jets.Shape().Dim(1) != len(p.Coordinates) {
		return nil, fmt.Errorf("dynamics: jets must have shape [N, %d], one column for each coordinate, got %s", len(p.Coordinates), jets.Shape())
	}
	network := e.multiplied(f)
	z, err := e.withMultipliers(f, jets)
	if err != nil {
		return nil, err
	}
	defer z.FinalizeAll()
	a, err := e.action(z)
	if err != nil {
		return nil, err
	}
	unexplained, misfit := math.NaN(), 0.
	if s.Validation != nil {
		if unexplained, err = e.ofCoordinates(f).Unexplained(*s.Validation); err != nil {
			return nil, err
		}
		misfit = math.Sqrt(math.Max(0, unexplained-s.Noise))
	}
	s.Validation = nil // it holds u_L = F, and not p·F + s
	v, err := judge(network, a, z, s, misfit)
	if err != nil {
		return nil, err
	}
	if reason, err := surface(jets, p.Coordinates); err != nil {
		return nil, err
	} else if reason != "" {
		v.DoubtSymmetries(reason)
	}
	if !math.IsNaN(unexplained) {
		v.SetFit(unexplained, s.Noise)
	}
	return &PDESymmetries{Verdict: v, Fields: a.symmetries(v.Algebra), LeftOut: e.leftOut}, nil
}

// check panics if the fields do not fit each other.
func (p PDE) check() {
	switch {
	case len(p.Independent) == 0 || len(p.Dependent) == 0 || len(p.Coordinates) == 0:
		panic("dynamics: PDE: Independent, Dependent and Coordinates must be given")
	case p.Degree < 0:
		panic(fmt.Sprintf("dynamics: PDE: Degree must not be negative, got %d", p.Degree))
	case p.Solved == "":
		panic("dynamics: PDE: Solved must be the derivative on the left-hand side, such as t")
	}
	for _, name := range p.Independent {
		if len([]rune(name)) != 1 {
			panic(fmt.Sprintf("dynamics: PDE: Independent variables must have names of one letter, got %q", name))
		}
	}
	for _, name := range p.Inputs {
		if !slices.Contains(p.Coordinates, name) {
			panic(fmt.Sprintf("dynamics: PDE: the input %q is none of the Coordinates %q", name, p.Coordinates))
		}
	}
}

// String lists the symmetries after the verdict's answer.
func (s *PDESymmetries) String() string {
	var b strings.Builder
	b.WriteString(headline(s.Verdict))
	for _, field := range s.Fields {
		fmt.Fprintf(&b, "\n%s", field.Formula(visible(s.Verdict.AngleError)))
	}
	return b.String()
}
