package action

import (
	"fmt"
	"math"
	"slices"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	. "github.com/gomlx/gomlx/core/graph"

	"github.com/liegg/lab/liegg/internal/nodes"
)

// lattice is the regular grid that the samples of an input lie on, with the
// layout of their channels and what lies around the grid.
type lattice struct {
	sizes  []int
	layout Layout
	fine   bool // derivatives and interpolation of higher order
	framing
}

// points returns the number of points of the grid.
func (l lattice) points() int { return sizeOf(l.sizes) }

// size returns the number of samples of an input.
func (l lattice) size() int { return l.layout.count() * l.points() }

// indices returns the index of a point along each axis.
func (l lattice) indices(place int) []int {
	indices := make([]int, len(l.sizes))
	for axis := len(l.sizes) - 1; axis >= 0; axis-- {
		indices[axis] = place % l.sizes[axis]
		place /= l.sizes[axis]
	}
	return indices
}

// view returns x as [batch, channels or 1, points, 1 or channels].
func (l lattice) view(x *Node) *Node {
	before, after := l.layout.around()
	return Reshape(x, x.Shape().Dim(0), before, l.points(), after)
}

// derivative returns the derivative along an axis of the grid per sample, as
// view does.
func (l lattice) derivative(x *Node, axis int, forward bool) *Node {
	before, after := l.layout.around()
	samples := Reshape(x, slices.Concat([]int{x.Shape().Dim(0), before}, l.sizes, []int{after})...)
	switch {
	case forward:
		return l.view(Sub(l.shifted(samples, axis+2, 1), samples))
	case l.fine:
		return l.view(l.sixthOrder(samples, axis+2))
	}
	return l.view(MulScalar(Sub(l.shifted(samples, axis+2, 1), l.shifted(samples, axis+2, -1)), 0.5))
}

// shifted returns samples(index+by) along the axis. Beyond the border the
// border's value is repeated, unless inputs go on there.
func (l lattice) shifted(samples *Node, axis, by int) *Node {
	size := samples.Shape().Dim(axis)
	part := func(from, to int) *Node {
		r := slices.Repeat([]SliceAxisSpec{AxisRange()}, samples.Rank())
		r[axis] = AxisRange(from, to)
		return Slice(samples, r...)
	}
	var parts []*Node
	for i := by; i < size+by; i++ {
		if i == max(by, 0) && i < size { // all that are within
			end := min(size, size+by)
			parts = append(parts, part(i, end))
			i = end - 1
			continue
		}
		at := l.beyond(i, size)
		parts = append(parts, part(at, at+1))
	}
	return Concatenate(parts, axis)
}

// beyond is fold for an integer, with the border's value where there is no
// sample.
func (l lattice) beyond(index, size int) int {
	switch l.frame {
	case Background:
		return min(max(index, 0), size-1)
	case WrapAround:
		return (index%size + size) % size
	}
	index = (index%(2*size) + 2*size) % (2 * size)
	return min(index, 2*size-1-index)
}

// borderWeights returns weights for the mean over the border of the grid.
func (l lattice) borderWeights() []float64 {
	weights, border := make([]float64, l.points()), 0.0
	for place := range weights {
		for axis, i := range l.indices(place) {
			if i == 0 || i == l.sizes[axis]-1 {
				weights[place] = 1
			}
		}
		border += weights[place]
	}
	for place := range weights {
		weights[place] /= border
	}
	return weights
}

// surrounding returns what lies around the images, as a view with one point:
// the given background, or the mean of each image with the given weights.
func (l lattice) surrounding(samples *Node, weights []float64) *Node {
	before, after := l.layout.around()
	if l.background != nil {
		return nodes.Constant(samples, l.background, 1, before, 1, after)
	}
	sum := 0.0
	for _, w := range weights {
		sum += w
	}
	mean := ReduceSum(Mul(samples, nodes.Constant(samples, weights, 1, 1, len(weights), 1)), 2)
	return Reshape(DivScalar(mean, sum), samples.Shape().Dim(0), before, 1, after)
}

// resampled returns x interpolated along every axis at fractional indices:
// for each axis a float64 node [points].
func (l lattice) resampled(x *Node, index []*Node) *Node {
	batch, channels := x.Shape().Dim(0), l.layout.count()
	before, after := l.layout.around()
	samples, around, index := l.withoutSurrounding(x, index)
	// A row holds one point of all samples, so that a gather copies whole
	// rows.
	var original *Node
	interpolated := l.corner
	if l.fine {
		original = Reshape(TransposeAllAxes(l.mixed(samples), 2, 0, 1, 3, 4), l.points(), batch*channels, 1<<len(l.sizes))
		interpolated = l.cubic
	} else {
		original = Reshape(TransposeAllAxes(samples, 2, 0, 1, 3), l.points(), batch*channels)
	}
	var moved *Node
	for corner := range 1 << len(l.sizes) {
		moved = nodes.Plus(moved, interpolated(original, index, nil, corner))
	}
	moved = TransposeAllAxes(Reshape(moved, l.points(), batch, before, after), 1, 2, 0, 3)
	return Reshape(nodes.Plus(around, moved), x.Shape().Dimensions...)
}

// withoutSurrounding returns the samples of x less their surroundings, which are nil if x goes on
// beyond its frame. Then indices are bounded. Linear interpolation takes samples as they are, and
// gets the share of the surroundings at each index.
func (l lattice) withoutSurrounding(x *Node, index []*Node) (samples, around *Node, bounded []*Node) {
	if samples = l.view(x); l.continues() {
		return samples, nil, l.bounded(index)
	}
	around = l.surrounding(samples, l.borderWeights())
	if !l.fine {
		share := Reshape(ConvertDType(l.outside(index), x.DType()), -1, 1, l.points(), 1)
		return samples, Mul(around, share), index
	}
	return Sub(samples, around), around, index
}

// resampledEach is resampled with indices of its own for each input, [batch·points].
func (l lattice) resampledEach(x *Node, index []*Node) *Node {
	batch, channels := x.Shape().Dim(0), l.layout.count()
	before, after := l.layout.around()
	samples, around, index := l.withoutSurrounding(x, index)
	var original *Node // a row holds one point of one input
	interpolated := l.corner
	if l.fine {
		original = Reshape(TransposeAllAxes(l.mixed(samples), 0, 2, 1, 3, 4), batch*l.points(), channels, 1<<len(l.sizes))
		interpolated = l.cubic
	} else {
		original = Reshape(TransposeAllAxes(samples, 0, 2, 1, 3), batch*l.points(), channels)
	}
	first := MulScalar(IotaFull(x.Graph(), shapes.Make(dtypes.Float64, batch, 1)), float64(l.points()))
	first = Reshape(BroadcastToDims(first, batch, l.points()), -1)
	var moved *Node
	for corner := range 1 << len(l.sizes) {
		moved = nodes.Plus(moved, interpolated(original, index, first, corner))
	}
	moved = TransposeAllAxes(Reshape(moved, batch, l.points(), before, after), 0, 2, 1, 3)
	return Reshape(nodes.Plus(around, moved), x.Shape().Dimensions...)
}

// bounded are indices that integers hold: a map may send points to infinity.
func (l lattice) bounded(index []*Node) []*Node {
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
func (l lattice) corner(original *Node, index []*Node, first *Node, corner int) *Node {
	if !l.continues() {
		return l.cornerWithin(original, index, first, corner)
	}
	var weight, place *Node
	for axis, at := range index {
		near := neighbours(at)[upper(corner, axis, len(index))]
		folded, _ := l.fold(near, l.sizes[axis])
		weight, place = times(weight, OneMinus(Abs(Sub(at, near)))), l.onwards(place, folded, axis)
	}
	return weighted(rowsAt(original, place, first), weight)
}

// cornerWithin is corner for inputs that end at their frame. All corners of a
// cell are read at the place of the lowest one, from rows that begin later: XLA
// then computes the place only once, which takes longer than reading. A cell that
// lies partly outside is replaced by its neighbour inside, where the weights of
// the samples that they share are the same, and others are 0.
func (l lattice) cornerWithin(original *Node, index []*Node, first *Node, corner int) *Node {
	var weight, place *Node
	offset, last := 0, 0
	for axis, at := range index {
		is := upper(corner, axis, len(index))
		offset, last = offset*l.sizes[axis]+is, last*l.sizes[axis]+1
		lowest, shares := l.within(at, axis)
		weight, place = times(weight, shares[is]), l.onwards(place, lowest, axis)
	}
	rows := original.Shape().Dim(0)
	return weighted(rowsAt(Slice(original, AxisRange(offset, rows-last+offset)), place, first), weight)
}

// within returns the lower of two neighbouring samples along an axis, both inside, that an index lies
// between or is next to, and the shares of both in what is interpolated there.
func (l lattice) within(at *Node, axis int) (lowest *Node, shares [2]*Node) {
	lowest = StopGradient(ClipScalar(neighbours(at)[0], 0, float64(l.sizes[axis]-2)))
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
func (l lattice) outside(index []*Node) *Node {
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
func (l lattice) onwards(place, index *Node, axis int) *Node {
	if place == nil {
		return index
	}
	return Add(MulScalar(place, float64(l.sizes[axis])), index)
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

func inRange(index *Node, size int) *Node {
	return LogicalAnd(GreaterOrEqual(index, ScalarZero(index.Graph(), index.DType())),
		LessThan(index, Scalar(index.Graph(), index.DType(), float64(size))))
}

// meanMass returns the share of mass |I(p) − around| at each point, averaged
// over the inputs. The mass of a point is summed over its channels.
func (l lattice) meanMass(values []float64) []float64 {
	if len(values) == 0 || len(values)%l.size() != 0 {
		panic(fmt.Sprintf("action: values must hold whole inputs of %d numbers, got %d", l.size(), len(values)))
	}
	border := l.borderWeights()
	mean, mass := make([]float64, l.points()), make([]float64, l.points())
	inputs := float64(len(values) / l.size())
	for input := range slices.Chunk(values, l.size()) {
		total := 0.0
		clear(mass)
		for c := range l.layout.count() {
			around := l.around(input, border, c)
			for p := range mass {
				mass[p] += math.Abs(input[l.place(p, c)] - around)
			}
		}
		for _, m := range mass {
			total += m
		}
		for p, m := range mass {
			if total > 0 {
				mean[p] += m / total / inputs
			}
		}
	}
	return mean
}

// place returns where a channel of a point lies in an input.
func (l lattice) place(point, channel int) int {
	if l.layout.first {
		return channel*l.points() + point
	}
	return point*l.layout.count() + channel
}

// around returns what lies around a channel of an input.
func (l lattice) around(input, border []float64, channel int) float64 {
	if l.background != nil {
		return l.background[channel]
	}
	sum := 0.0
	for p, w := range border {
		sum += w * input[l.place(p, channel)]
	}
	return sum
}

// inFrame reports whether fractional indices lie within a sample.
func (l lattice) inFrame(index ...float64) bool {
	for axis, at := range index {
		if !(at >= -.5 && at <= float64(l.sizes[axis])-.5) {
			return false
		}
	}
	return true
}
