package action

import (
	"fmt"
	"slices"

	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/dataset"
	"github.com/liegg/lab/liegg/internal/nodes"
	"github.com/liegg/lab/liegg/internal/spelling"
)

// Part is an action on a part of the inputs. The part has as many numbers as
// its shape holds, and the action sees it in that shape. See Still for parts
// that do not move.
type Part struct {
	Action Action
	Shape  []int
}

// Still is a part that does not move, such as the masses of bodies or the
// species of atoms as one-hot numbers. It has no generators, and gradients by
// its numbers do not count. It panics unless the sizes are at least 1.
func Still(shape ...int) Part {
	for _, n := range shape {
		if n < 1 {
			panic(fmt.Sprintf("action: Still: sizes must be at least 1, got %v", shape))
		}
	}
	return Part{stays{}, slices.Clone(shape)}
}

// stays marks parts that do not move. It has none of the methods.
type stays struct{ Action }

// Product is an action on several spaces at once. Each part has its own
// numbers of the input, one part after the other, and a matrix of its own. So
//
//	Product(Part{Linear(3, 4), []int{12}}, Part{Linear(1, 4), []int{4}})
//
// turns four positions by a 3×3 matrix and scales four masses by a number,
// and Product(Part{Linear(3, 4), []int{12}}, Still(4)) turns the positions
// alone. Inputs of any shape are read in row-major order. If one matrix is to
// move several parts of the input together, use Partial.
//
// Spaces with different units should be whitened by Whiten. Product panics
// without parts that move, and if an action does not fit its shape.
func Product(parts ...Part) Blocks {
	if len(parts) == 0 {
		panic("action: Product: no parts")
	}
	var places []Place
	from := 0
	for i, part := range parts {
		to := from + sizeOf(part.Shape)
		if part.Action == nil {
			panic(fmt.Sprintf("action: Product: part %d has no action", i))
		}
		if _, still := part.Action.(stays); !still {
			if err := part.Action.Check(part.Shape); err != nil {
				panic(fmt.Sprintf("action: Product: part %d does not fit its shape: %v", i, err))
			}
			places = append(places, Place{part.Action, part.Shape, []Span{{from, to}}})
		}
		from = to
	}
	if len(places) == 0 {
		panic("action: Product: no part moves: all are Still")
	}
	return Partial(from, places...)
}

// Separate returns c copies of an action, on inputs of the given shape one
// after the other, each with a matrix of its own: separate matrices for
// separate vectors or channels. It panics unless c ≥ 1, and if the action
// does not fit.
func Separate(a Action, shape []int, c int) Blocks {
	if c < 1 {
		panic(fmt.Sprintf("action: Separate: c must be at least 1, got %d", c))
	}
	return Product(slices.Repeat([]Part{{a, shape}}, c)...)
}

// product is an action on the numbers of some places; those in none stay.
type product struct {
	blocks
	places []place // of the blocks
	size   int     // numbers of an input
}

// Check returns an error unless inputs have as many numbers as the parts.
func (p product) Check(input []int) error {
	if sizeOf(input) == p.size {
		return nil
	}
	if p.Moves() != nil {
		return fmt.Errorf("action: inputs of shape %v have %d numbers, but the action moves some of %d: choose parts that fill the inputs, with action.Still for what does not move",
			input, sizeOf(input), p.size)
	}
	return fmt.Errorf("action: inputs of shape %v have %d numbers, but the parts of the product have shapes %v, %d numbers together: choose parts that fill the inputs",
		input, sizeOf(input), p.shapes(), p.size)
}

func (p product) shapes() [][]int {
	shapes := make([][]int, len(p.places))
	for i, at := range p.places {
		shapes[i] = at.shape
	}
	return shapes
}

// slices cuts x [batch, input…] into the inputs of the parts.
func (p product) slices(x *Node) []*Node {
	cut, row := make([]*Node, len(p.places)), nodes.Flat(x)
	for i, at := range p.places {
		cut[i] = at.gathered(row, false)
	}
	return cut
}

// covectors cuts gradients [batch, input…] into gradients by the inputs of the
// parts.
func (p product) covectors(g *Node) []*Node {
	cut, row := make([]*Node, len(p.places)), nodes.Flat(g)
	for i, at := range p.places {
		cut[i] = at.gathered(row, true)
	}
	return cut
}

// Tangents returns the tangents of each part, and zero outside it.
func (p product) Tangents(x *Node) *Node {
	velocities := make([]*Node, len(p.blocks))
	for i, part := range p.slices(x) {
		velocities[i] = p.places[i].scattered(flatTangents(p.blocks[i], part), p.size)
	}
	return Reshape(Concatenate(velocities, 1), append([]int{x.Shape().Dim(0), p.Dim()}, x.Shape().Dimensions[1:]...)...)
}

// Contract pairs each part of the gradients with the part's velocities.
func (p product) Contract(x, g *Node) *Node {
	xs, gs := p.slices(x), p.covectors(g)
	paired := make([]*Node, len(xs))
	for i, a := range p.blocks {
		paired[i] = Contract(a, xs[i], gs[i])
	}
	return Concatenate(paired, 1)
}

// Metric is block-diagonal, because parts move different numbers.
func (p product) Metric(x, w *Node) *Node {
	return p.diagonal(p.slices(x), func(a Action, x *Node) *Node { return Metric(a, x, w) })
}

func (p product) diagonal(parts []*Node, block func(a Action, x *Node) *Node) *Node {
	matrices := slices.Clone(parts)
	for i, a := range p.blocks {
		matrices[i] = block(a, matrices[i])
	}
	return nodes.BlockDiagonal(matrices)
}

// Inner returns diag(S₁, S₂, …) in the size of generators, nil if all are
// Euclidean.
func (p product) Inner() *mat.SymDense {
	euclidean := true
	size := 0
	for _, a := range p.blocks {
		euclidean = euclidean && innerOf(a) == nil
		size += GeneratorSize(a)
	}
	if euclidean {
		return nil
	}
	s := mat.NewSymDense(size, nil)
	for i := range size {
		s.SetSym(i, i, 1)
	}
	for i, a := range p.blocks {
		from, _ := p.span(i)
		if inner := innerOf(a); inner != nil {
			for j := range inner.SymmetricDim() {
				for k := range j + 1 {
					s.SetSym(from+j, from+k, inner.At(j, k))
				}
			}
		}
	}
	return s
}

// Norm returns the sum over the parts, each in its own inner product.
func (p product) Norm(v *Node) *Node { return p.sum(p.slices(v), Norm) }

// DualNorm returns the sum over the parts, each in its own dual inner product.
func (p product) DualNorm(g *Node) *Node { return p.sum(p.covectors(g), DualNorm) }

func (p product) sum(parts []*Node, of func(Action, *Node) *Node) *Node {
	var sum *Node
	for i, part := range parts {
		sum = nodes.Plus(sum, of(p.blocks[i], part))
	}
	return sum
}

// Moved moves each part by its block of g.
func (p product) Moved(x, g *Node) *Node {
	parts := p.slices(x)
	for i, a := range p.blocks {
		parts[i] = nodes.Flat(moverOf(a).Moved(parts[i], p.node(g, i)))
	}
	return Reshape(Concatenate(p.joined(parts, nodes.Flat(x)), 1), x.Shape().Dimensions...)
}

// Range returns the largest share that is outside in any of the parts.
func (p product) Range(values []float64) func(g mat.Matrix) float64 {
	if len(values) == 0 || len(values)%p.size != 0 {
		panic(fmt.Sprintf("action: values must hold whole inputs of %d numbers, got %d", p.size, len(values)))
	}
	outside := make([]func(g mat.Matrix) float64, len(p.blocks))
	for i, part := range p.cut(values) {
		outside[i] = rangeOf(p.blocks[i], part)
	}
	return func(g mat.Matrix) float64 {
		share, whole := 0.0, mat.DenseCopyOf(g)
		for i := range outside {
			share = max(share, outside[i](p.Block(whole, i)))
		}
		return share
	}
}

// cut is slices for numbers on the host.
func (p product) cut(values []float64) [][]float64 {
	parts := make([][]float64, len(p.places))
	for input := range slices.Chunk(values, p.size) {
		for i, at := range p.places {
			parts[i] = at.appended(parts[i], input)
		}
	}
	return parts
}

func (p product) whitened(x *tensors.Tensor) (Action, error) {
	values, err := dataset.Values(x)
	if err != nil {
		return p, err
	}
	w := product{make(blocks, len(p.blocks)), slices.Clone(p.places), p.size}
	for i := range w.places {
		w.places[i].scales = nil
	}
	for i, part := range w.cut(values) {
		w.places[i].rescale(p.blocks[i], part)
		shape := append([]int{x.Shape().Dim(0)}, p.places[i].shape...)
		if w.blocks[i], err = whiten(p.blocks[i], tensors.FromFlatDataAndDimensions(part, shape...)); err != nil {
			return p, fmt.Errorf("action: part %d of the product: %w", i, err)
		}
	}
	return w.spanning(), nil
}

// spanning is the product with the methods of Spanning if all parts have them.
func (p product) spanning() Blocks {
	for _, a := range p.blocks {
		if _, ok := a.(Spanning); !ok {
			return p
		}
	}
	return spanningProduct{p}
}

// spanningProduct is a product of parts that are all Spanning.
type spanningProduct struct{ product }

// GradientMoment is block-diagonal, in the size of generators. The last
// coordinate of a homogeneous block does not move, so its entries are zero.
func (p spanningProduct) GradientMoment(g *Node) *Node {
	return p.diagonal(p.covectors(g), func(a Action, g *Node) *Node {
		m := a.(Spanning).GradientMoment(g)
		size := GeneratorSize(a)
		return nodes.Between(nodes.Between(m, 0, 0, size), 1, 0, size)
	})
}

// DataMoment is block-diagonal, because no block of a generator maps one part
// to another.
func (p spanningProduct) DataMoment(x, w *Node) *Node {
	return p.diagonal(p.slices(x), func(a Action, x *Node) *Node { return a.(Spanning).DataMoment(x, w) })
}

// String describes the action and the shape that it sees.
func (p Part) String() string {
	if _, still := p.Action.(stays); still {
		return fmt.Sprintf("%s that stay", spelling.Count(sizeOf(p.Shape), "number"))
	}
	return fmt.Sprintf("%v, in the shape %v", p.Action, p.Shape)
}

// String lists the parts.
func (p product) String() string {
	text := fmt.Sprintf("side by side: %s; K = %d in all", p.list(), p.Dim())
	moves := p.Moves()
	if moves == nil {
		return text
	}
	if len(p.blocks) == 1 {
		text = fmt.Sprint(p.blocks[0])
	}
	still := 0
	for _, m := range moves {
		if !m {
			still++
		}
	}
	return fmt.Sprintf("%s; %d of %d numbers stay", text, still, p.size)
}
