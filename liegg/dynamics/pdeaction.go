package dynamics

import (
	"slices"

	"github.com/gomlx/gomlx/core/tensors"

	"github.com/liegg/lab/liegg/internal/monomial"
	"github.com/liegg/lab/liegg/lie"
)

// pdeAction moves jets and multipliers by the prolonged candidates.
type pdeAction struct {
	fieldAction
	library Library
}

func (a pdeAction) symmetries(algebra lie.Algebra) (found []PDESymmetry) {
	for _, h := range echelon(algebra) {
		found = append(found, PDESymmetry{Quantity{a.library, a.library.readable(h)}})
	}
	return found
}

// Describe writes the fields that an algebra of generators spans, one a line.
func (a pdeAction) Describe(algebra lie.Algebra, tolerance float64) string {
	return formulaLines(a.symmetries(algebra), tolerance)
}

// action returns the candidates in the frame of states: polynomials of the variables, about their
// mean if it is far from 0, in units in which the states vary by 1.
func (e *equation) action(z *tensors.Tensor) (a pdeAction, err error) {
	values, err := rowsOf(z)
	if err != nil {
		return a, err
	}
	u := deviations(values)
	means, origin, bases := originOf(values, u), make([]float64, len(u)), make([]bool, len(u))
	variables := len(e.library.names) / 2
	f := frame{origin: make([]float64, 2*variables), unit: make([]float64, 2*variables)}
	for i, name := range e.library.names[:variables] {
		f.unit[i], f.unit[variables+i] = 1, 1
		if column := slices.Index(e.Coordinates, name); column >= 0 {
			bases[column], origin[column], f.origin[i] = true, means[column], means[column]
			f.unit[i], f.unit[variables+i] = u[column], 1/u[column]
		}
	}
	library := e.library
	library.frame = f
	fields := make([][]monomial.Polynomial, len(e.velocities))
	for k, velocity := range e.velocities {
		for _, p := range velocity {
			fields[k] = append(fields[k], monomial.Polynomial{}.Plus(1/library.size(k), p))
		}
	}
	return pdeAction{newFieldAction(fields, origin, u, bases), library}, nil
}
