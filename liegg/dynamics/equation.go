package dynamics

import (
	"fmt"
	"slices"
	"strings"

	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"

	"github.com/liegg/lab/liegg/dynamics/internal/jets"
	"github.com/liegg/lab/liegg/internal/monomial"
	"github.com/liegg/lab/liegg/network"
)

// equation is a PDE with its candidates prolonged to the coordinates of its jets.
type equation struct {
	PDE
	inputs     []int                   // columns of the coordinates that the network takes
	library    Library                 // the candidates, as monomials times ∂x, …
	velocities [][]monomial.Polynomial // of the candidates: of states: jets, u_L, and multipliers p and s
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

// space returns the jet space, the places in it of the columns, and of the derivatives that the
// equation is solved for.
func (p PDE) space() (s *jets.Space, columns, solved []int, err error) {
	order := len([]rune(p.Solved))
	for _, name := range p.Coordinates {
		if _, letters, ok := strings.Cut(name, "_"); ok {
			order = max(order, len([]rune(letters)))
		}
	}
	s = jets.New(p.Independent, p.Dependent, order)
	for _, name := range p.Coordinates {
		at, err := s.Find(name)
		if err != nil {
			return nil, nil, nil, err
		}
		columns = append(columns, at)
	}
	for _, name := range p.Dependent {
		at, err := s.Find(name + "_" + p.Solved)
		if err != nil {
			return nil, nil, nil, err
		}
		solved = append(solved, at)
	}
	return s, columns, solved, nil
}

// prolong returns the velocities of a state (jets, u_L, p, s) along the candidate x^α ∂ of a slot:
// of jets, and of s. They are nil if the candidate is left out.
func (e *equation) prolong(s *jets.Space, columns, solved []int, slot int, α []int) ([]monomial.Polynomial, error) {
	f := jets.Field{Ξ: make([]monomial.Polynomial, len(e.Independent)), Φ: make([]monomial.Polynomial, len(e.Dependent))}
	if slot < len(f.Ξ) {
		f.Ξ[slot] = monomial.Single(α, s.Size())
	} else {
		f.Φ[slot-len(f.Ξ)] = monomial.Single(α, s.Size())
	}
	n, m := len(columns), len(solved)
	all := append(slices.Clone(columns), solved...) // the coordinates that a state holds
	known, taken := map[int]monomial.Polynomial{}, e.taken()
	velocity := make([]monomial.Polynomial, n+2*m+1)
	for column, c := range columns {
		p, err := e.inColumns(s, all, s.Velocity(f, c, known))
		if p == nil && taken[column] { // on others F does not depend
			return nil, err
		}
		velocity[column] = p
	}
	for a, c := range solved {
		p, err := e.inColumns(s, all, s.Velocity(f, c, known))
		if p == nil {
			return nil, err
		}
		velocity[n+2*m] = velocity[n+2*m].Plus(-1, p.Times(monomial.Variable(n+m+a, n+2*m+1)))
	}
	return velocity, nil
}

// inColumns rewrites a polynomial of the jet space as one of a state, whose first numbers are the
// given coordinates. It is nil if another derivative of the left-hand side occurs. An error names
// a coordinate that occurs and is not given.
func (e *equation) inColumns(s *jets.Space, all []int, p monomial.Polynomial) (monomial.Polynomial, error) {
	m := len(e.Dependent)
	out := monomial.Polynomial{}
	for key, v := range p {
		exponents := make([]byte, len(all)+m+1)
		for c := range s.Size() {
			if key[c] == 0 {
				continue
			}
			column := slices.Index(all, c)
			if column < 0 && s.Follows(c, all[len(all)-1]) {
				return nil, nil
			}
			if column < 0 {
				return nil, fmt.Errorf("dynamics: symmetries move the jets by %s, too, which is none of the coordinates %q: give it as a column", s.Name(c), e.Coordinates)
			}
			exponents[column] = key[c]
		}
		out[string(exponents)] += v
	}
	return out, nil
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

// ofCoordinates returns F as a network of all coordinates.
func (e *equation) ofCoordinates(f *network.Network) *network.Network {
	return f.Repeated(1, func(scope *model.Scope, z *Node) *Node { return f.Forward(scope, e.taking(z)) })
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
	y, err := e.ofCoordinates(f).Predict(jets)
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
