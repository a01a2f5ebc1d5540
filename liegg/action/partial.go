package action

import (
	"cmp"
	"fmt"
	"slices"

	. "github.com/gomlx/gomlx/core/graph"

	"github.com/liegg/lab/liegg/internal/nodes"
)

// Span is the numbers From, …, To−1 of an input, in row-major order.
type Span struct{ From, To int }

// Place is an action on some numbers of an input: those of its spans, one
// span after the other, which the action sees in a shape.
type Place struct {
	Action Action
	Shape  []int
	Spans  []Span
}

// Partial is an action on some of the size numbers of an input: each place
// has a matrix of its own, and numbers in no span stay as they are. If a
// place has several spans, one matrix moves them all. So
//
//	Partial(30, Place{Affine(3, 4).WithDirections(4), []int{24}, []Span{{0, 12}, {18, 30}}})
//
// moves four positions, the first numbers, and four velocities, the last
// ones, by one affine map, and leaves the numbers between them. What should
// move with the others and is left out breaks their symmetry.
//
// Whiten measures spans of vectors each in its own size: velocities may have
// other units than positions. Gradients by numbers that stay do not count.
//
// Partial panics without places, if spans overlap or leave the input, and if
// an action does not fit its shape, or the shape its spans.
func Partial(size int, parts ...Place) Blocks {
	if len(parts) == 0 {
		panic("action: Partial: no places")
	}
	p := product{size: size}
	taken := make([]bool, max(0, size))
	for i, part := range parts {
		if part.Action == nil {
			panic(fmt.Sprintf("action: Partial: place %d has no action", i))
		}
		numbers := 0
		for _, s := range part.Spans {
			if s.From < 0 || s.To > size || s.From >= s.To || slices.Contains(taken[s.From:s.To], true) {
				panic(fmt.Sprintf("action: Partial: place %d: the span %d to %d is empty, overlaps others, or is not within %d numbers", i, s.From, s.To, size))
			}
			for k := s.From; k < s.To; k++ {
				taken[k] = true
			}
			numbers += s.To - s.From
		}
		if numbers != sizeOf(part.Shape) {
			panic(fmt.Sprintf("action: Partial: place %d has %d numbers in its spans, but the shape %v", i, numbers, part.Shape))
		}
		if err := part.Action.Check(part.Shape); err != nil {
			panic(fmt.Sprintf("action: Partial: place %d does not fit its shape: %v", i, err))
		}
		p.blocks = append(p.blocks, part.Action)
		p.places = append(p.places, place{shape: slices.Clone(part.Shape), spans: slices.Clone(part.Spans)})
	}
	return p.spanning()
}

// Selective is an Action that may leave some numbers of an input as they are.
type Selective interface {
	// Moves reports of each number of an input whether the action moves it.
	// nil means all.
	Moves() []bool
}

// Moves reports which numbers of an input a moves, in row-major order; nil
// means all of them, as with any action that is not Selective.
func Moves(a Action) []bool {
	if s, ok := a.(Selective); ok {
		return s.Moves()
	}
	return nil
}

// Moves reports what is in a span, or nil if everything is.
func (p product) Moves() []bool {
	moves := make([]bool, p.size)
	for _, at := range p.places {
		for _, s := range at.spans {
			for k := s.From; k < s.To; k++ {
				moves[k] = true
			}
		}
	}
	if !slices.Contains(moves, false) {
		return nil
	}
	return moves
}

// Moves returns the numbers that the whole action moves.
func (r restriction) Moves() []bool { return Moves(r.Action) }

// Moves returns the numbers that the inputs' action moves.
func (e Equivariance) Moves() []bool { return Moves(e.Action) }

// Moves reports what any of the parts moves.
func (t together) Moves() []bool {
	var all []bool
	for i, a := range t.blocks {
		own := Moves(a)
		if own == nil {
			return nil
		}
		if i == 0 {
			all = slices.Clone(own)
		}
		for k, moves := range own {
			all[k] = all[k] || moves
		}
	}
	return all
}

// Moving returns v [batch, input…], velocities or gradients, with zeros for the
// numbers that a does not move.
func Moving(a Action, v *Node) *Node {
	moves := Moves(a)
	if moves == nil {
		return v
	}
	row := nodes.Flat(v)
	mask := BroadcastToDims(Const(v.Graph(), [][]bool{moves}), row.Shape().Dimensions...)
	return Reshape(Where(mask, row, ZerosLike(row)), v.Shape().Dimensions...)
}

// joined lists the pieces of a row [batch, size]: what parts hold, and the
// numbers of the row that are in none of them.
func (p product) joined(parts []*Node, row *Node) []*Node {
	type piece struct {
		Span
		v *Node
	}
	var pieces []piece
	for i, at := range p.places {
		for k, v := range at.pieces(parts[i], 1) {
			pieces = append(pieces, piece{at.spans[k], v})
		}
	}
	slices.SortFunc(pieces, func(a, b piece) int { return cmp.Compare(a.From, b.From) })
	var all []*Node
	at := 0
	for _, s := range append(pieces, piece{Span: Span{p.size, p.size}}) {
		if at < s.From {
			all = append(all, Slice(row, AxisRange(), AxisRange(at, s.From)))
		}
		if s.v != nil {
			all = append(all, s.v)
		}
		at = s.To
	}
	return all
}

// String returns, for example, "numbers 3 to 5".
func (s Span) String() string { return fmt.Sprintf("numbers %d to %d", s.From, s.To-1) }

// String describes the action, the shape that it sees, and where it lies.
func (p Place) String() string { return fmt.Sprintf("%v, on %v", Part{p.Action, p.Shape}, p.Spans) }
