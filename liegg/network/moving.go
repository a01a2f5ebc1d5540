package network

import (
	"fmt"

	"github.com/gomlx/compute/dtypes"

	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/internal/spelling"
)

// Move is the motion of one or several inputs by the same action, applied to the inputs in one
// row. If points and directions move together, the points come first:
//
//	Move{action.Affine(3, 5).WithDirections(5 + 3), []string{"positions", "velocities", "cell"}}
//
// multiplies five positions, five velocities and the three rows of a cell by the matrix of an
// affine map, and shifts the positions.
type Move struct {
	Action action.Action
	Inputs []string // a single input keeps its shape; several become one row
}

// String describes the action and names what it moves.
func (m Move) String() string { return fmt.Sprintf("%v, on %q", m.Action, m.Inputs) }

// Moving returns the action on packed samples in which each Move has its own matrix. Inputs that
// no Move names stay as they are; see Packing for inputs that must not be forgotten. Moving
// returns an error for names that the packing does not have, for inputs that are named twice, for
// inputs of integers or bools, which cannot move, and for an action that does not fit. It panics
// if there are no moves, or if a Move has no action or no inputs.
func (p *Packing) Moving(moves ...Move) (action.Blocks, error) {
	if len(moves) == 0 {
		panic("network: Moving: no moves")
	}
	moved := map[string]bool{}
	var places []action.Place
	for i, m := range moves {
		if m.Action == nil || len(m.Inputs) == 0 {
			panic(fmt.Sprintf("network: Moving: move %d needs an action and the names of inputs", i))
		}
		place := action.Place{Action: m.Action}
		numbers := 0
		for _, name := range m.Inputs {
			at := p.index(name)
			if at < 0 {
				return nil, fmt.Errorf("network: there is no input %q to move; the nearest is %q, of %q", name, spelling.Nearest(name, p.names()), p.names())
			}
			if moved[name] {
				return nil, fmt.Errorf("network: the input %q is to move twice: name it once", name)
			}
			moved[name] = true
			if t := p.fields[at].Shape.DType; t != dtypes.Float32 && t != dtypes.Float64 {
				return nil, fmt.Errorf("network: the input %q is of type %s, which cannot move: only inputs of float32 and float64 can; leave it out, and it stays as it is", name, t)
			}
			place.Shape = p.fields[at].Shape.Dimensions
			place.Spans = append(place.Spans, p.spans[at])
			numbers += p.spans[at].To - p.spans[at].From
		}
		if len(m.Inputs) > 1 || len(place.Shape) == 0 {
			place.Shape = []int{numbers}
		}
		if err := m.Action.Check(place.Shape); err != nil {
			return nil, fmt.Errorf("network: the action on %q does not fit: %w", m.Inputs, err)
		}
		places = append(places, place)
	}
	return action.Partial(p.numbers, places...), nil
}

// Staying returns the names of the inputs that an action on packed samples does not move.
func (p *Packing) Staying(a action.Action) (names []string) {
	moves := action.Moves(a)
	for i, f := range p.fields {
		moved := moves == nil
		for k := p.spans[i].From; k < p.spans[i].To && !moved; k++ {
			moved = moves[k]
		}
		if !moved {
			names = append(names, f.Name)
		}
	}
	return names
}
