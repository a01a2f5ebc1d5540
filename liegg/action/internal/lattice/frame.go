package lattice

import (
	"math"
	"slices"

	. "github.com/gomlx/gomlx/core/graph"

	"github.com/liegg/lab/liegg/internal/nodes"
)

// Frame says what lies around the samples of an input. Package action describes the frames.
type Frame int

const (
	Background Frame = iota
	Disc
	Reflection
	WrapAround
)

// String returns, for example, "continued by reflection".
func (f Frame) String() string {
	return [...]string{"on a background", "seen through a disc, continued by reflection", "continued by reflection", "continued by wrapping around"}[f]
}

// Continues reports whether images go on beyond their frame, so that they
// have derivatives at its border.
func (l Lattice) Continues() bool { return l.Frame != Background }

// fold maps an integer index to one of size samples, and reports whether
// there is one.
func (l Lattice) fold(index *Node, size int) (folded, exists *Node) {
	n := float64(size)
	switch l.Frame {
	case Background:
		return ClipScalar(index, 0, n-1), inRange(index, size)
	case WrapAround:
		folded = modulo(index, n)
	default: // the border's own sample is the first of the mirror image
		folded = modulo(index, 2*n)
		folded = Min(folded, AddScalar(Neg(folded), 2*n-1))
	}
	return ClipScalar(folded, 0, n-1), OnesLike(inRange(index, size))
}

func modulo(index *Node, n float64) *Node {
	return Sub(index, MulScalar(Floor(DivScalar(index, n)), n))
}

func inRange(index *Node, size int) *Node {
	return LogicalAnd(GreaterOrEqual(index, ScalarZero(index.Graph(), index.DType())),
		LessThan(index, Scalar(index.Graph(), index.DType(), float64(size))))
}

// beyond is fold for an integer, with the border's value where there is no
// sample.
func (l Lattice) beyond(index, size int) int {
	switch l.Frame {
	case Background:
		return min(max(index, 0), size-1)
	case WrapAround:
		return (index%size + size) % size
	}
	index = (index%(2*size) + 2*size) % (2 * size)
	return min(index, 2*size-1-index)
}

// Disc returns the weights of the window: 1 inside, 0 from half of the
// smallest side on, and fading over a quarter of that radius.
func (l Lattice) Disc() []float64 {
	radius := float64(slices.Min(l.Sizes)-1) / 2
	weights := make([]float64, l.Points())
	for place := range weights {
		square := 0.0
		for axis, i := range l.Indices(place) {
			off := float64(i) - float64(l.Sizes[axis]-1)/2
			square += off * off
		}
		out := (math.Sqrt(square)/radius - .75) / .25
		fade := math.Cos(math.Pi / 2 * min(1, max(0, out)))
		weights[place] = fade * fade
	}
	return weights
}

// Window returns the graph that shows images through the disc, or nil if they are seen whole.
func (l Lattice) Window() func(x *Node) *Node {
	if l.Frame != Disc {
		return nil
	}
	return func(x *Node) *Node {
		disc := l.Disc()
		fill := l.Surrounding(l.View(x), disc)
		seen := Mul(Sub(l.View(x), fill), nodes.Constant(x, disc, 1, 1, l.Points(), 1))
		return Reshape(Add(seen, fill), x.Shape().Dimensions...)
	}
}
