package action

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	. "github.com/gomlx/gomlx/core/graph"
	"gonum.org/v1/gonum/floats"
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

// Moves is that of the whole action.
func (r restriction) Moves() []bool { return Moves(r.Action) }

// Moves is that of the inputs' action.
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

// moving is v [batch, input…] as [batch, size of an input], with zeros for
// what does not move.
func moving(a Action, v *Node) *Node {
	moves := Moves(a)
	if moves == nil {
		return flat(v)
	}
	row := flat(v)
	mask := BroadcastToDims(Const(v.Graph(), [][]bool{moves}), row.Shape().Dimensions...)
	return Where(mask, row, ZerosLike(row))
}

// place is where the numbers of an action lie.
type place struct {
	shape  []int
	spans  []Span
	scales []float64 // of each span, by which the action sees it divided; nil for ones
}

// gathered cuts the numbers of a place out of a row [batch, numbers]: of
// inputs and velocities, or of gradients, which scales multiply.
func (p place) gathered(row *Node, gradients bool) *Node {
	parts := make([]*Node, len(p.spans))
	for i, s := range p.spans {
		parts[i] = Slice(row, AxisRange(), AxisRange(s.From, s.To))
		if p.scales != nil && gradients {
			parts[i] = MulScalar(parts[i], p.scales[i])
		} else if p.scales != nil {
			parts[i] = DivScalar(parts[i], p.scales[i])
		}
	}
	whole := parts[0]
	if len(parts) > 1 {
		whole = Concatenate(parts, 1)
	}
	return Reshape(whole, append([]int{row.Shape().Dim(0)}, p.shape...)...)
}

// pieces cuts what gathered joined, along an axis, in the units of the input.
func (p place) pieces(v *Node, axis int) []*Node {
	if len(p.spans) == 1 && p.scales == nil {
		return []*Node{v}
	}
	pieces, from := make([]*Node, len(p.spans)), 0
	for i, s := range p.spans {
		to := from + s.To - s.From
		ranges := slices.Repeat([]SliceAxisSpec{AxisRange()}, v.Rank())
		ranges[axis] = AxisRange(from, to)
		if pieces[i] = Slice(v, ranges...); p.scales != nil {
			pieces[i] = MulScalar(pieces[i], p.scales[i])
		}
		from = to
	}
	return pieces
}

// scattered puts velocities [batch, K, numbers of the place] where they
// belong in inputs of a size, with zeros around them.
func (p place) scattered(v *Node, size int) *Node {
	pieces := p.pieces(v, 2)
	if len(pieces) == 1 {
		return between(pieces[0], 2, p.spans[0].From, size)
	}
	var row []*Node
	at := 0
	for _, i := range p.inOrder() {
		if gap := p.spans[i].From - at; gap > 0 {
			row = append(row, zeros(v, 2, gap))
		}
		row, at = append(row, pieces[i]), p.spans[i].To
	}
	if at < size {
		row = append(row, zeros(v, 2, size-at))
	}
	return Concatenate(row, 2)
}

// inOrder lists the spans by where they begin.
func (p place) inOrder() []int {
	order := make([]int, len(p.spans))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(i, j int) int { return cmp.Compare(p.spans[i].From, p.spans[j].From) })
	return order
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

// appended appends the numbers of one input to those of others.
func (p place) appended(to, input []float64) []float64 {
	for i, s := range p.spans {
		for _, v := range input[s.From:s.To] {
			if p.scales != nil {
				v /= p.scales[i]
			}
			to = append(to, v)
		}
	}
	return to
}

// rescale measures each span of vectors in its own size, in units of that of
// the first span, and divides values, the numbers of one input after the
// other, by that. Spans that translations move stay in the units of the
// translation.
func (p *place) rescale(a Action, values []float64) {
	points, ok := pointsOf(a)
	if !ok || len(p.spans) == 1 {
		return
	}
	size, reference, from := sizeOf(p.shape), 0.0, 0
	p.scales = slices.Repeat([]float64{1}, len(p.spans))
	for i, s := range p.spans {
		to := from + s.To - s.From
		own := spreadOf(values, from, to, size)
		if reference == 0 {
			reference = own
		}
		if from >= points && own > 0 {
			p.scales[i] = own / reference
		}
		for input := range slices.Chunk(values, size) {
			floats.Scale(1/p.scales[i], input[from:to])
		}
		from = to
	}
}

// pointsOf returns how many numbers, the first ones, translations of an
// action on vectors move. ok is false for other actions.
func pointsOf(a Action) (numbers int, ok bool) {
	switch a := a.(type) {
	case Vectors:
		return a.pointCount() * a.n, true
	case spanningRestriction:
		return pointsOf(a.Action)
	case restriction:
		return pointsOf(a.Action)
	}
	return 0, false
}

// spreadOf is the root mean square deviation of the numbers from … to−1 of
// inputs, each from its own mean; if they do not vary, their root mean square.
func spreadOf(values []float64, from, to, size int) float64 {
	deviations, squares := 0.0, 0.0
	samples := float64(len(values) / size)
	for k := from; k < to; k++ {
		mean := 0.0
		for i := k; i < len(values); i += size {
			mean += values[i] / samples
		}
		for i := k; i < len(values); i += size {
			deviations += (values[i] - mean) * (values[i] - mean)
			squares += values[i] * values[i]
		}
	}
	count := samples * float64(to-from)
	if deviations > flatShare*squares {
		return math.Sqrt(deviations / count)
	}
	return math.Sqrt(squares / count)
}
