package ask

import (
	"fmt"
	"slices"
	"strings"

	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/internal/spelling"
	"github.com/liegg/lab/liegg/network"
)

// move is one of Question.Moves, such as positions=affine:3x4 or velocities=turned:positions.
type move struct {
	input string
	terms []term
	as    string // the input whose map moves this one, too; "" if it has terms
	turns bool   // by the matrix of that map alone, without its translations
}

// parseMoves reads Question.Moves.
func parseMoves(texts []string) (moves []move, err error) {
	for _, text := range texts {
		input, how, ok := strings.Cut(text, "=")
		if !ok || input == "" || how == "" {
			return nil, fmt.Errorf("Question.Moves %s: write it as INPUT=ACTION, INPUT=same:OTHER or INPUT=turned:OTHER", text)
		}
		if slices.ContainsFunc(moves, func(m move) bool { return m.input == input }) {
			return nil, fmt.Errorf("Question.Moves %s: %q is to move twice", text, input)
		}
		m := move{input: input}
		if kind, other, ok := strings.Cut(how, ":"); ok && (kind == "same" || kind == "turned") {
			m.as, m.turns = other, kind == "turned"
		} else if m.terms, err = parseAction(how); err != nil {
			return nil, fmt.Errorf("Question.Moves %s: %w", text, err)
		}
		moves = append(moves, m)
	}
	for i, m := range moves {
		if m.as == "" {
			continue
		}
		at := slices.IndexFunc(moves, func(o move) bool { return o.input == m.as && o.as == "" })
		if at < 0 {
			return nil, fmt.Errorf("Question.Moves %s: no Question.Moves says how %q moves by itself", texts[i], m.as)
		}
		if t := moves[at].terms; len(t) != 1 || t[0].kind.name != "linear" && t[0].kind.name != "affine" {
			return nil, fmt.Errorf("Question.Moves %s: only linear and affine maps move several inputs together, and %q has another", texts[i], m.as)
		}
	}
	return moves, nil
}

// action returns the map of one input, and of those that move with it.
func (m move) action(p *network.Packing, all []move) (network.Move, error) {
	shape := shapeOf(p, m.input)
	a, err := actionOf(m.terms, shape)
	move := network.Move{Action: a, Inputs: []string{m.input}}
	v, ok := a.(action.Vectors)
	if err != nil || !ok {
		return move, err
	}
	n := action.GeneratorSize(v)
	if v.Homogeneous() {
		n--
	}
	points, directions := product(shape)/n, 0
	for _, turns := range []bool{false, true} { // points come first
		for _, o := range all {
			if o.as != m.input || o.turns != turns {
				continue
			}
			numbers := product(shapeOf(p, o.input))
			if numbers%n != 0 {
				return move, fmt.Errorf("Question.Moves %s: it has %d numbers, which are no whole number of vectors of %d", o.input, numbers, n)
			}
			move.Inputs = append(move.Inputs, o.input)
			if turns {
				directions += numbers / n
			} else {
				points += numbers / n
			}
		}
	}
	move.Action = action.Linear(n, points).WithDirections(directions)
	if v.Homogeneous() {
		move.Action = action.Affine(n, points).WithDirections(directions)
	}
	return move, nil
}

// shapeOf returns the shape of a packed input; nil if there is none of the name.
func shapeOf(p *network.Packing, name string) []int {
	for _, f := range p.Fields() {
		if f.Name == name {
			return f.Shape.Dimensions
		}
	}
	return nil
}

// packedAction returns the action of Question.Moves, or of Question.Action on the input that moves, on
// packed samples.
func (s *Subject) packedAction() (action.Action, error) {
	moves, err := parseMoves(s.question.Moves)
	if err != nil {
		return nil, err
	}
	if len(moves) == 0 {
		terms, err := parseAction(s.question.Action)
		if err != nil {
			return nil, err
		}
		moves = []move{{input: s.moves[0], terms: terms}}
	}
	var together []network.Move
	for _, m := range moves {
		if m.as != "" {
			continue
		}
		one, err := m.action(s.packing, moves)
		if err != nil && len(s.question.Moves) > 0 {
			return nil, fmt.Errorf("Question.Moves %s: %w", m.input, err)
		}
		if err != nil {
			return nil, err
		}
		together = append(together, one)
	}
	a, err := s.packing.Moving(together...)
	if err != nil {
		return nil, err
	}
	return a, nil
}

// movedBy returns the inputs of a file that Question.Moves name, in that order.
func movedBy(moves []move, inputs []string) (names []string, err error) {
	for _, m := range moves {
		if !slices.Contains(inputs, m.input) {
			return nil, fmt.Errorf("Question.Moves %s: the model has no such input; the nearest is %q, of %q", m.input, spelling.Nearest(m.input, inputs), inputs)
		}
		names = append(names, m.input)
	}
	return names, nil
}

// movingNote says which inputs move and which do not.
func movingNote(moved, still []string) string {
	if len(still) == 0 {
		return ""
	}
	return fmt.Sprintf("Inputs that move: %s. Inputs that stay as they are: %s. If one of these should move with the others, the network breaks the symmetry without it.",
		strings.Join(moved, ", "), strings.Join(still, ", "))
}
