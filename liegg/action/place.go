package action

import (
	"cmp"
	"slices"

	. "github.com/gomlx/gomlx/core/graph"
	"gonum.org/v1/gonum/floats"

	"github.com/liegg/lab/liegg/action/internal/scatter"
	"github.com/liegg/lab/liegg/internal/nodes"
)

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
		return nodes.Between(pieces[0], 2, p.spans[0].From, size)
	}
	var row []*Node
	at := 0
	for _, i := range p.inOrder() {
		if gap := p.spans[i].From - at; gap > 0 {
			row = append(row, nodes.ZerosAlong(v, 2, gap))
		}
		row, at = append(row, pieces[i]), p.spans[i].To
	}
	if at < size {
		row = append(row, nodes.ZerosAlong(v, 2, size-at))
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
		own := scatter.Spread(values, from, to, size)
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
