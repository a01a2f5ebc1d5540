package dynamics

import (
	"fmt"
	"slices"
	"strings"

	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"

	"github.com/liegg/lab/liegg"
	"github.com/liegg/lab/liegg/internal/monomial"
	"github.com/liegg/lab/liegg/network"
)

// PDE says what a learned right-hand side is a function of, and which symmetries of the
// equation are looked for. The equation is u_L = F(x, t, u, u_x, …), solved for one derivative:
//
//	PDE{Independent: []string{"x", "t"}, Dependent: []string{"u"},
//		Coordinates: []string{"u", "u_x", "u_xx"}, Solved: "t", Degree: 2}
//
// is u_t = F(u, u_x, u_xx).
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
// there.
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
	v, err := judge(network, a, z, s)
	if err != nil {
		return nil, err
	}
	return &PDESymmetries{Verdict: v, Fields: a.symmetries(v.Algebra), LeftOut: e.leftOut}, nil
}

// equation is a PDE with its candidates prolonged to the coordinates of its jets.
type equation struct {
	PDE
	inputs     []int          // columns of the coordinates that the network takes
	library    Library        // the candidates, as monomials times ∂x, …
	velocities [][]polynomial // of the candidates: of states: jets, u_L, and multipliers p and s
	leftOut    int
}

func (p PDE) equation() (*equation, error) {
	p.check()
	e := &equation{PDE: p}
	for _, name := range p.Inputs {
		e.inputs = append(e.inputs, slices.Index(p.Coordinates, name))
	}
	space, columns, solved, err := p.space()
	if err != nil {
		return nil, err
	}
	variables := append(slices.Clone(p.Independent), p.Dependent...)
	e.library.names = slices.Clone(variables)
	for _, name := range variables {
		e.library.names = append(e.library.names, "∂"+name)
	}
	for slot := range variables {
		for _, α := range monomial.List(len(variables), p.Degree) {
			velocity, err := e.prolong(space, columns, solved, slot, α)
			if err != nil {
				return nil, err
			}
			if velocity == nil {
				e.leftOut++
				continue
			}
			direction := make([]int, len(variables))
			direction[slot] = 1
			e.library.exponents = append(e.library.exponents, append(slices.Clone(α), direction...))
			e.velocities = append(e.velocities, velocity)
		}
	}
	return e, nil
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

// space returns the jet space, the places in it of the columns, and of the derivatives that the
// equation is solved for.
func (p PDE) space() (s *jetSpace, columns, solved []int, err error) {
	order := len([]rune(p.Solved))
	for _, name := range p.Coordinates {
		if _, letters, ok := strings.Cut(name, "_"); ok {
			order = max(order, len([]rune(letters)))
		}
	}
	s = newJetSpace(p.Independent, p.Dependent, order)
	for _, name := range p.Coordinates {
		at, err := s.find(name)
		if err != nil {
			return nil, nil, nil, err
		}
		columns = append(columns, at)
	}
	for _, name := range p.Dependent {
		at, err := s.find(name + "_" + p.Solved)
		if err != nil {
			return nil, nil, nil, err
		}
		solved = append(solved, at)
	}
	return s, columns, solved, nil
}

// prolong returns the velocities of a state (jets, u_L, p, s) along the candidate x^α ∂ of a slot:
// of jets, and of s. They are nil if the candidate is left out.
func (e *equation) prolong(s *jetSpace, columns, solved []int, slot int, α []int) ([]polynomial, error) {
	f := pointField{make([]polynomial, len(s.independent)), make([]polynomial, len(s.dependent))}
	if slot < len(f.ξ) {
		f.ξ[slot] = ofMonomial(α, s.size())
	} else {
		f.φ[slot-len(f.ξ)] = ofMonomial(α, s.size())
	}
	n, m := len(columns), len(solved)
	all := append(slices.Clone(columns), solved...) // the coordinates that a state holds
	known, taken := map[int]polynomial{}, e.taken()
	velocity := make([]polynomial, n+2*m+1)
	for column, c := range columns {
		p, err := e.inColumns(s, all, f.velocity(s, c, known))
		if p == nil && taken[column] { // on others F does not depend
			return nil, err
		}
		velocity[column] = p
	}
	for a, c := range solved {
		p, err := e.inColumns(s, all, f.velocity(s, c, known))
		if p == nil {
			return nil, err
		}
		velocity[n+2*m] = velocity[n+2*m].plus(-1, p.times(variable(n+m+a, n+2*m+1)))
	}
	return velocity, nil
}

// velocity returns the velocity of any coordinate.
func (f pointField) velocity(s *jetSpace, c int, known map[int]polynomial) polynomial {
	if c < len(f.ξ) {
		return f.ξ[c].plus(0, nil)
	}
	return s.prolonged(f, c, known).plus(0, nil)
}

// inColumns rewrites a polynomial of the jet space as one of a state, whose first numbers are the
// given coordinates. It is nil if another derivative of the left-hand side occurs. An error names
// a coordinate that occurs and is not given.
func (e *equation) inColumns(s *jetSpace, all []int, p polynomial) (polynomial, error) {
	m := len(e.Dependent)
	out := polynomial{}
	for key, v := range p {
		exponents := make([]byte, len(all)+m+1)
		for c := range s.size() {
			if key[c] == 0 {
				continue
			}
			column := slices.Index(all, c)
			if column < 0 && s.follows(c, all[len(all)-1]) {
				return nil, nil
			}
			if column < 0 {
				return nil, fmt.Errorf("dynamics: symmetries move the jets by %s, too, which is none of the coordinates %q: give it as a column", s.names[c], e.Coordinates)
			}
			exponents[column] = key[c]
		}
		out[string(exponents)] += v
	}
	return out, nil
}

// follows reports whether coordinate c is a derivative of left-hand sides, or one of them.
func (s *jetSpace) follows(c, solved int) bool {
	if s.component[c] < 0 {
		return false
	}
	for i, times := range s.index[solved] {
		if s.index[c][i] < times {
			return false
		}
	}
	return true
}

// taken reports which columns the network takes.
func (e *equation) taken() []bool {
	taken := make([]bool, len(e.Coordinates))
	for i := range taken {
		taken[i] = e.inputs == nil || slices.Contains(e.inputs, i)
	}
	return taken
}

// multiplied returns the network (z, u_L, p, s) ↦ p·F(z) + s.
func (e *equation) multiplied(f *network.Network) *network.Network {
	n, m := len(e.Coordinates), len(e.Dependent)
	return f.Repeated(1, func(scope *model.Scope, z *Node) *Node {
		p, s := SliceAxis(z, -1, AxisRange(n+m, n+2*m)), SliceAxis(z, -1, AxisRange(n+2*m))
		return Add(ReduceAndKeep(Mul(p, f.Forward(scope, e.taking(z))), ReduceSum, -1), s)
	})
}

// taking returns the columns that the network takes.
func (e *equation) taking(z *Node) *Node {
	if e.inputs == nil {
		return SliceAxis(z, -1, AxisRange(0, len(e.Coordinates)))
	}
	columns := make([]*Node, len(e.inputs))
	for i, column := range e.inputs {
		columns[i] = SliceAxis(z, -1, AxisRange(column, column+1))
	}
	return Concatenate(columns, -1)
}

// withMultipliers returns jets with u_L = F and random p and s beside them. Each p_a is in units of
// F_a.
func (e *equation) withMultipliers(f *network.Network, jets *tensors.Tensor) (*tensors.Tensor, error) {
	y, err := f.Repeated(1, func(scope *model.Scope, z *Node) *Node { return f.Forward(scope, e.taking(z)) }).Predict(jets)
	if err != nil {
		return nil, err
	}
	defer y.FinalizeAll()
	values, err := tableOf(y)
	if err != nil {
		return nil, err
	}
	if _, m := values.Dims(); m != len(e.Dependent) {
		return nil, fmt.Errorf("dynamics: F must have one output for each of the dependent variables %q, but has %d", e.Dependent, m)
	}
	return beside(jets, values, append(deviations(values), 1), e.Seed)
}

// String lists the symmetries after the verdict's answer.
func (s *PDESymmetries) String() string {
	var b strings.Builder
	answer, _, _ := s.Verdict.Decision()
	fmt.Fprintf(&b, "%s among %d", answer, s.Verdict.Considered)
	for _, field := range s.Fields {
		fmt.Fprintf(&b, "\n%s", field.Formula(visible(s.Verdict.AngleError)))
	}
	return b.String()
}
