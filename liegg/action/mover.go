package action

import (
	"fmt"
	"slices"

	. "github.com/gomlx/gomlx/core/graph"
	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/action/orbits"
)

// Mover is an Action that can also move inputs by finite transformations, as
// graph code: by the flow exp(tA) of a generator, or any other matrix of the
// group.
type Mover interface {
	Action

	// Moved returns g·x, of the shape and type of x, for x [batch, input…]
	// and a float64 matrix g of the size of the action's generators, such as
	// lie.Exp of one of them. One matrix moves the whole batch. It can be
	// differentiated with respect to g. It is graph code and may panic.
	Moved(x, g *Node) *Node
}

// Ranger is an Action that knows when it moves inputs out of the range of the
// data, where a network extrapolates.
type Ranger interface {
	// Range learns the range from N inputs, one after the other in values.
	// The function that it returns gives the share in [0, 1] of them that g
	// moves out of range. Range panics unless values holds whole inputs.
	Range(values []float64) (outside func(g mat.Matrix) float64)
}

// moverOf returns a as a Mover. It panics, as graph code does, if a is not a
// Mover.
func moverOf(a Action) Mover {
	m, ok := a.(Mover)
	if !ok {
		panic(fmt.Errorf("action: %T has no method Moved, so it cannot move inputs by finite transformations", a))
	}
	return m
}

// CanMove reports whether an action moves inputs by finite transformations: whether it is a Mover,
// and all parts that it is made of are.
func CanMove(a Action) bool {
	if whole, ok := a.(interface{ canMove() bool }); ok && !whole.canMove() {
		return false
	}
	_, ok := a.(Mover)
	return ok
}

func (b blocks) canMove() bool {
	return !slices.ContainsFunc(b, func(a Action) bool { return !CanMove(a) })
}

func (r restriction) canMove() bool { return CanMove(r.Action) }

// rangeOf returns Range of a Ranger. For other actions nothing ever counts as
// outside.
func rangeOf(a Action, values []float64) func(g mat.Matrix) float64 {
	if r, ok := a.(Ranger); ok {
		return r.Range(values)
	}
	return func(mat.Matrix) float64 { return 0 }
}

// EachMover is a Mover that can move each input by a matrix of its own.
type EachMover interface {
	Mover

	// MovedEach returns g_i·x_i, of the shape and type of x, for x [batch,
	// input…] and float64 matrices g [batch, n, n]. It can be differentiated
	// with respect to g. It is graph code and may panic.
	MovedEach(x, g *Node) *Node
}

// MovedEach returns g_i·x_i for x [batch, input…] and float64 matrices g
// [batch, n, n], by the action's own method if it is an EachMover, and
// otherwise input by input, which makes large graphs for large batches. It
// panics unless a is a Mover.
func MovedEach(a Action, x, g *Node) *Node {
	if e, ok := a.(EachMover); ok {
		return e.MovedEach(x, g)
	}
	m, each := moverOf(a), make([]*Node, x.Shape().Dim(0))
	for i := range each {
		each[i] = m.Moved(Slice(x, AxisRange(i, i+1)), Reshape(Slice(g, AxisElem(i)), g.Shape().Dimensions[1:]...))
	}
	return Concatenate(each, 0)
}

// MovedEach applies the whole action's MovedEach.
func (r restriction) MovedEach(x, g *Node) *Node { return MovedEach(r.Action, x, g) }

// Resamples reports whether an action, or a part of it, moves inputs by interpolation, as
// actions on grids do: their velocities then differ slightly from the motion itself.
func Resamples(a Action) bool {
	r, ok := a.(interface{ resamples() bool })
	return ok && r.resamples()
}

func (Image) resamples() bool { return true }

func (Raster) resamples() bool { return true }

func (r restriction) resamples() bool { return Resamples(r.Action) }

func (b blocks) resamples() bool { return slices.ContainsFunc(b, Resamples) }

// Integrable is an Action whose generators are vector fields. If no matrix
// moves its inputs, they are moved along the orbits of a field.
type Integrable interface {
	Action

	// Velocity returns the field Σ_k h_k A_k: a function that writes the
	// velocity at a flattened input x to v. len(h) must be K.
	Velocity(h []float64) func(v, x []float64)
}

// NewOrbits starts at inputs, flattened one after another, and follows the
// field of a with coefficients h. The range is taken from data, see
// Vectors.Range; inputs that start outside may go as far out as they are. It
// panics unless inputs and data hold whole inputs of size numbers each, and
// len(h) is K.
func NewOrbits(a Integrable, h, inputs, data []float64, size int) *orbits.Orbits {
	if len(h) != a.Dim() {
		panic(fmt.Sprintf("action: NewOrbits: h must have %d coefficients, got %d", a.Dim(), len(h)))
	}
	if size < 1 || len(inputs) == 0 || len(inputs)%size != 0 || len(data) == 0 || len(data)%size != 0 {
		panic(fmt.Sprintf("action: NewOrbits: inputs and data must hold whole inputs of %d numbers, got %d and %d", size, len(inputs), len(data)))
	}
	vectors := newVectors(size, 1, false)
	if p, ok := a.(Polynomials); ok { // a field on points: use the range of points, not of whole clouds
		vectors = newVectors(p.n, p.c, false)
	}
	return orbits.New(a.Velocity(h), inputs, size, vectors.radius(data))
}
