// Package lattice differentiates and interpolates inputs that are sampled on a regular grid.
package lattice

import (
	"fmt"
	"math"
	"slices"

	. "github.com/gomlx/gomlx/core/graph"

	"github.com/liegg/lab/liegg/internal/nodes"
)

// Lattice is the regular grid that the samples of an input lie on, with its channels and what lies
// around it.
type Lattice struct {
	Sizes         []int
	Channels      int       // at least 1
	ChannelsFirst bool      // before the axes of the grid, and not behind them
	Fine          bool      // derivatives and interpolation of higher order
	Frame         Frame     // what lies around the samples
	Background    []float64 // its value for each channel; nil if that is to be taken from the inputs
}

// Points returns the number of points of the grid.
func (l Lattice) Points() int {
	size := 1
	for _, n := range l.Sizes {
		size *= n
	}
	return size
}

// Size returns the number of samples of an input.
func (l Lattice) Size() int { return l.Channels * l.Points() }

// Indices returns the index of a point along each axis.
func (l Lattice) Indices(place int) []int {
	indices := make([]int, len(l.Sizes))
	for axis := len(l.Sizes) - 1; axis >= 0; axis-- {
		indices[axis] = place % l.Sizes[axis]
		place /= l.Sizes[axis]
	}
	return indices
}

// axes returns the numbers of channels before and after the axes of the
// grid, one of which is 1.
func (l Lattice) axes() (before, after int) {
	if l.ChannelsFirst {
		return l.Channels, 1
	}
	return 1, l.Channels
}

// View returns x as [batch, channels or 1, points, 1 or channels].
func (l Lattice) View(x *Node) *Node {
	before, after := l.axes()
	return Reshape(x, x.Shape().Dim(0), before, l.Points(), after)
}

// Derivative returns the derivative of x along an axis of the grid, per distance of two samples, in the
// shape of View. Forward differences are I(k+1) − I(k); other ones are central.
func (l Lattice) Derivative(x *Node, axis int, forward bool) *Node {
	before, after := l.axes()
	samples := Reshape(x, slices.Concat([]int{x.Shape().Dim(0), before}, l.Sizes, []int{after})...)
	switch {
	case forward:
		return l.View(Sub(l.shifted(samples, axis+2, 1), samples))
	case l.Fine:
		return l.View(l.sixthOrder(samples, axis+2))
	}
	return l.View(MulScalar(Sub(l.shifted(samples, axis+2, 1), l.shifted(samples, axis+2, -1)), 0.5))
}

// shifted returns samples(index+by) along the axis. Beyond the border the
// border's value is repeated, unless inputs go on there.
func (l Lattice) shifted(samples *Node, axis, by int) *Node {
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

// BorderWeights returns weights for the mean over the border of the grid.
func (l Lattice) BorderWeights() []float64 {
	weights, border := make([]float64, l.Points()), 0.0
	for place := range weights {
		for axis, i := range l.Indices(place) {
			if i == 0 || i == l.Sizes[axis]-1 {
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

// Surrounding returns what lies around the images in the shape of a View with one point: Background, or
// if that is nil the mean of each image with the given weights.
func (l Lattice) Surrounding(samples *Node, weights []float64) *Node {
	before, after := l.axes()
	if l.Background != nil {
		return nodes.Constant(samples, l.Background, 1, before, 1, after)
	}
	sum := 0.0
	for _, w := range weights {
		sum += w
	}
	mean := ReduceSum(Mul(samples, nodes.Constant(samples, weights, 1, 1, len(weights), 1)), 2)
	return Reshape(DivScalar(mean, sum), samples.Shape().Dim(0), before, 1, after)
}

// MeanMass returns the share of the mass |I(p) − around| at each point, averaged over the inputs. values
// holds whole inputs one after the other. The mass of a point is summed over its channels.
func (l Lattice) MeanMass(values []float64) []float64 {
	if len(values) == 0 || len(values)%l.Size() != 0 {
		panic(fmt.Sprintf("action: values must hold whole inputs of %d numbers, got %d", l.Size(), len(values)))
	}
	border := l.BorderWeights()
	mean, mass := make([]float64, l.Points()), make([]float64, l.Points())
	inputs := float64(len(values) / l.Size())
	for input := range slices.Chunk(values, l.Size()) {
		total := 0.0
		clear(mass)
		for c := range l.Channels {
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
func (l Lattice) place(point, channel int) int {
	if l.ChannelsFirst {
		return channel*l.Points() + point
	}
	return point*l.Channels + channel
}

// around returns what lies around a channel of an input.
func (l Lattice) around(input, border []float64, channel int) float64 {
	if l.Background != nil {
		return l.Background[channel]
	}
	sum := 0.0
	for p, w := range border {
		sum += w * input[l.place(p, channel)]
	}
	return sum
}

// InFrame reports whether a point, given by its fractional indices, lies within the pixel of some sample.
func (l Lattice) InFrame(index ...float64) bool {
	for axis, at := range index {
		if !(at >= -.5 && at <= float64(l.Sizes[axis])-.5) {
			return false
		}
	}
	return true
}
