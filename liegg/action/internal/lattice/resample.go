package lattice

import (
	"slices"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	. "github.com/gomlx/gomlx/core/graph"

	"github.com/liegg/lab/liegg/internal/nodes"
)

// Resampled returns x interpolated along every axis at fractional indices:
// for each axis a float64 node [points].
func (l Lattice) Resampled(x *Node, index []*Node) *Node {
	batch, channels := x.Shape().Dim(0), l.Channels
	before, after := l.axes()
	samples, around, index := l.withoutSurrounding(x, index)
	// A row holds one point of all samples, so that a gather copies whole
	// rows.
	var original *Node
	interpolated := l.corner
	if l.Fine {
		original = Reshape(TransposeAllAxes(l.mixed(samples), 2, 0, 1, 3, 4), l.Points(), batch*channels, 1<<len(l.Sizes))
		interpolated = l.cubic
	} else {
		original = Reshape(TransposeAllAxes(samples, 2, 0, 1, 3), l.Points(), batch*channels)
	}
	var moved *Node
	for corner := range 1 << len(l.Sizes) {
		moved = nodes.Plus(moved, interpolated(original, index, nil, corner))
	}
	moved = TransposeAllAxes(Reshape(moved, l.Points(), batch, before, after), 1, 2, 0, 3)
	return Reshape(nodes.Plus(around, moved), x.Shape().Dimensions...)
}

// withoutSurrounding returns the samples of x less their surroundings, which are nil if x goes on
// beyond its frame. Then indices are bounded. Linear interpolation takes samples as they are, and
// gets the share of the surroundings at each index.
func (l Lattice) withoutSurrounding(x *Node, index []*Node) (samples, around *Node, bounded []*Node) {
	if samples = l.View(x); l.Continues() {
		return samples, nil, l.bounded(index)
	}
	around = l.Surrounding(samples, l.BorderWeights())
	if !l.Fine {
		share := Reshape(ConvertDType(l.outside(index), x.DType()), -1, 1, l.Points(), 1)
		return samples, Mul(around, share), index
	}
	return Sub(samples, around), around, index
}

// ResampledEach is Resampled with indices of its own for each input: float64 nodes [batch·points].
func (l Lattice) ResampledEach(x *Node, index []*Node) *Node {
	batch, channels := x.Shape().Dim(0), l.Channels
	before, after := l.axes()
	samples, around, index := l.withoutSurrounding(x, index)
	var original *Node // a row holds one point of one input
	interpolated := l.corner
	if l.Fine {
		original = Reshape(TransposeAllAxes(l.mixed(samples), 0, 2, 1, 3, 4), batch*l.Points(), channels, 1<<len(l.Sizes))
		interpolated = l.cubic
	} else {
		original = Reshape(TransposeAllAxes(samples, 0, 2, 1, 3), batch*l.Points(), channels)
	}
	first := MulScalar(IotaFull(x.Graph(), shapes.Make(dtypes.Float64, batch, 1)), float64(l.Points()))
	first = Reshape(BroadcastToDims(first, batch, l.Points()), -1)
	var moved *Node
	for corner := range 1 << len(l.Sizes) {
		moved = nodes.Plus(moved, interpolated(original, index, first, corner))
	}
	moved = TransposeAllAxes(Reshape(moved, batch, l.Points(), before, after), 0, 2, 1, 3)
	return Reshape(nodes.Plus(around, moved), x.Shape().Dimensions...)
}

// bounded are indices that integers hold: a map may send points to infinity.
func (l Lattice) bounded(index []*Node) []*Node {
	index = slices.Clone(index)
	for axis, at := range index {
		index[axis] = ClipScalar(at, -farAway, farAway)
	}
	return index
}

// farAway bounds indices, so that integers hold them.
const farAway = 1e6

// corner returns the contribution of one corner of each cell to the
// interpolation. The bits of its number, the last axis lowest, say on which
// axes it is the upper corner. If rows hold several inputs, first is the row at
// which the input of each index begins; otherwise it is nil.
func (l Lattice) corner(original *Node, index []*Node, first *Node, corner int) *Node {
	if !l.Continues() {
		return l.cornerWithin(original, index, first, corner)
	}
	var weight, place *Node
	for axis, at := range index {
		near := neighbours(at)[upper(corner, axis, len(index))]
		folded, _ := l.fold(near, l.Sizes[axis])
		weight, place = times(weight, OneMinus(Abs(Sub(at, near)))), l.onwards(place, folded, axis)
	}
	return weighted(rowsAt(original, place, first), weight)
}

// cornerWithin is corner for inputs that end at their frame. All corners of a
// cell are read at the place of the lowest one, from rows that begin later: XLA
// then computes the place only once, which takes longer than reading. A cell that
// lies partly outside is replaced by its neighbour inside, where the weights of
// the samples that they share are the same, and others are 0.
func (l Lattice) cornerWithin(original *Node, index []*Node, first *Node, corner int) *Node {
	var weight, place *Node
	offset, last := 0, 0
	for axis, at := range index {
		is := upper(corner, axis, len(index))
		offset, last = offset*l.Sizes[axis]+is, last*l.Sizes[axis]+1
		lowest, shares := l.within(at, axis)
		weight, place = times(weight, shares[is]), l.onwards(place, lowest, axis)
	}
	rows := original.Shape().Dim(0)
	return weighted(rowsAt(Slice(original, AxisRange(offset, rows-last+offset)), place, first), weight)
}

// within returns the lower of two neighbouring samples along an axis, both inside, that an index lies
// between or is next to, and the shares of both in what is interpolated there.
func (l Lattice) within(at *Node, axis int) (lowest *Node, shares [2]*Node) {
	lowest = StopGradient(ClipScalar(neighbours(at)[0], 0, float64(l.Sizes[axis]-2)))
	for is := range shares {
		away := Abs(Sub(at, AddScalar(lowest, float64(is))))
		near := LessThan(away, OnesLike(away))
		if is == 1 {
			near = LessOrEqual(away, OnesLike(away))
		}
		shares[is] = Where(near, OneMinus(away), ZerosLike(away))
	}
	return lowest, shares
}

// outside returns the share of the surroundings in what is interpolated linearly at indices.
func (l Lattice) outside(index []*Node) *Node {
	var inside *Node
	for axis, at := range index {
		_, shares := l.within(at, axis)
		inside = times(inside, Add(shares[0], shares[1]))
	}
	return OneMinus(inside)
}

// upper returns 1 if a corner is the upper one on an axis, and 0 otherwise.
func upper(corner, axis, axes int) int { return corner >> (axes - 1 - axis) & 1 }

// onwards adds the index along an axis to the place that the indices along the axes before give.
func (l Lattice) onwards(place, index *Node, axis int) *Node {
	if place == nil {
		return index
	}
	return Add(MulScalar(place, float64(l.Sizes[axis])), index)
}

func times(product, factor *Node) *Node {
	if product == nil {
		return factor
	}
	return Mul(product, factor)
}

// weighted multiplies rows by weights.
func weighted(rows, weights *Node) *Node {
	return Mul(rows, Reshape(ConvertDType(weights, rows.DType()), -1, 1))
}

// rowsAt are the rows at places of inputs that begin at the row first, or at 0 if it is nil.
// Places are not negative.
func rowsAt(original, place, first *Node) *Node {
	if first != nil {
		place = Add(place, first)
	}
	return Gather(original, Reshape(ConvertDType(place, dtypes.Uint32), -1, 1))
}

// neighbours returns the integers below and above an index. They are step
// functions of g, without a derivative.
func neighbours(index *Node) []*Node {
	below := StopGradient(Floor(StopGradient(index)))
	return []*Node{below, AddScalar(below, 1)}
}
