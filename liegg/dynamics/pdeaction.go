package dynamics

import (
	"slices"
	"strings"

	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"

	"github.com/liegg/lab/liegg/lie"
)

// pdeAction moves jets and multipliers by the prolonged candidates.
type pdeAction struct {
	fieldAction
	library Library
}

func (a pdeAction) symmetries(algebra lie.Algebra) []PDESymmetry {
	if algebra.Dim() == 0 {
		return nil
	}
	found := make([]PDESymmetry, algebra.Dim())
	for i, h := range lie.Echelon(algebra, 0) {
		found[i] = PDESymmetry{Quantity{a.library, a.library.readable(diagonal(h))}}
	}
	return found
}

// Describe writes the fields that an algebra of generators spans, one a line.
func (a pdeAction) Describe(algebra lie.Algebra, tolerance float64) string {
	var lines []string
	for _, s := range a.symmetries(algebra) {
		lines = append(lines, s.Formula(tolerance))
	}
	return strings.Join(lines, "\n")
}

// action returns the candidates in the frame of states: polynomials of the variables, about their
// mean if it is far from 0, in units in which the states vary by 1.
func (e *equation) action(z *tensors.Tensor) (a pdeAction, err error) {
	some, err := first(z, most)
	if err != nil {
		return a, err
	}
	defer some.FinalizeAll()
	values, err := evaluate(some, func(z *Node) *Node { return z })
	if err != nil {
		return a, err
	}
	u := deviations(values)
	means, origin := originOf(values, u), make([]float64, len(u))
	variables := len(e.library.names) / 2
	f := frame{origin: make([]float64, 2*variables), unit: make([]float64, 2*variables)}
	for i, name := range e.library.names[:variables] {
		f.unit[i], f.unit[variables+i] = 1, 1
		if column := slices.Index(e.Coordinates, name); column >= 0 {
			origin[column], f.origin[i] = means[column], means[column]
			f.unit[i], f.unit[variables+i] = u[column], 1/u[column]
		}
	}
	library := e.library
	library.frame = f
	fields := make([][]polynomial, len(e.velocities))
	for k, velocity := range e.velocities {
		for _, p := range velocity {
			fields[k] = append(fields[k], polynomial{}.plus(1/library.size(k), p))
		}
	}
	return pdeAction{newFieldAction(fields, origin, u), library}, nil
}
