package vjp

import (
	"slices"

	"github.com/gomlx/compute"
	. "github.com/gomlx/gomlx/core/graph"

	"github.com/liegg/lab/liegg/internal/nodes"
)

// XLA's convolutions on CPUs are slow in three cases, measured with the plugin that the kernel
// prepares. If the kernel is larger than the input along an axis, as in the last layers of a
// network of small images, 512 channels on 2×2 pixels run at .5 GFLOP/s: a product of matrices
// is 30 times as fast. Groups of a single channel run at .3 GFLOP/s: a sum of products of
// numbers is 10 times as fast. Both have more to compile with larger kernels. And if the input is
// spread, as by the derivative of a strided convolution, most products are with zeros: see phases.
const mostPlaces = 64

// Convolved is ConvGeneral, with all settings given, in the form that is fastest on the backend.
func Convolved(x, w *Node, axes compute.ConvolveAxesConfig, strides []int, paddings [][2]int, spread, dilation []int, channelGroups int) *Node {
	return convolved(x, w, axes, strides, paddings, spread, dilation, channelGroups, 1)
}

// form returns the product or the sum that a convolution is to be computed by, nil for itself.
func (c convolution) form(x, w *Node) func(x, w *Node) *Node {
	if !onXLAForCPUs(x) || c.batches > 1 || !x.DType().IsFloat() {
		return nil
	}
	places, larger := 1, false
	for i, axis := range c.axes.KernelSpatial {
		size := w.Shape().Dim(axis)
		places *= size
		larger = larger || size > x.Shape().Dim(c.axes.InputSpatial[i])
	}
	switch {
	case c.isSpread(w):
		return c.phases
	case places > mostPlaces:
		return nil
	case c.channelGroups > 1 && c.channelGroups == x.Shape().Dim(c.axes.InputChannels):
		return c.sums
	case larger:
		return c.product
	default:
		return nil
	}
}

// onXLAForCPUs reports whether a graph is for XLA on CPUs.
func onXLAForCPUs(x *Node) bool {
	b, ok := x.Graph().Backend().(interface{ IsCPU() bool })
	return ok && b.IsCPU()
}

// patches are the entries of x that each place of the kernel meets, each [batch, channels, outputs…].
func (c convolution) patches(x, w *Node) []*Node {
	n := len(c.strides)
	around := make([]PadAxis, x.Rank())
	for i := range n {
		around[2+i] = PadAxis{Start: c.paddings[i][0], End: c.paddings[i][1], Interior: c.spread[i] - 1}
	}
	x = padded(x, 0, around)
	parts := []*Node{x}
	for i := range n {
		axis, size := 2+i, w.Shape().Dim(2+i)
		reach := (size - 1) * c.dilation[i]
		outputs := (x.Shape().Dim(axis)-reach-1)/c.strides[i] + 1
		var next []*Node
		for _, part := range parts {
			for j := range size {
				from := j * c.dilation[i]
				next = append(next, SliceAxis(part, axis, AxisRange(from, from+(outputs-1)*c.strides[i]+1).Stride(c.strides[i])))
			}
		}
		parts = next
	}
	return parts
}

// canonical transposes x to [batch, channels, spatial…] and w to [outputs, channels of a group,
// spatial…].
func (c convolution) canonical(x, w *Node) (_, _ *Node) {
	a := c.axes
	return TransposeAllAxes(x, append([]int{a.InputBatch, a.InputChannels}, a.InputSpatial...)...),
		TransposeAllAxes(w, append([]int{a.KernelOutputChannels, a.KernelInputChannels}, a.KernelSpatial...)...)
}

// placed transposes y [batch, channels, spatial…] to where the axes of the output are.
func (c convolution) placed(y *Node) *Node {
	a := c.axes
	order := make([]int, y.Rank())
	for from, to := range append([]int{a.OutputBatch, a.OutputChannels}, a.OutputSpatial...) {
		order[to] = from
	}
	return TransposeAllAxes(y, order...)
}

// product is the convolution as one product of matrices: of what the kernel meets at each
// output, and the kernel (im2col).
func (c convolution) product(x, w *Node) *Node {
	x, w = c.canonical(x, w)
	patches := Stack(c.patches(x, w), -1) // [batch, channels, outputs…, places]
	n, g := len(c.strides), c.channelGroups
	places, out := patches.Shape().Dim(-1), w.Shape().Dim(0)
	if g == 1 {
		y := DotGeneral(patches, []int{1, n + 2}, nil, Reshape(w, out, w.Shape().Dim(1), places), []int{1, 2}, nil)
		return c.placed(toSecond(y))
	}
	each := w.Shape().Dim(1)
	dims := patches.Shape().Dimensions
	patches = Reshape(patches, slices.Concat([]int{dims[0], g, each}, dims[2:])...)
	y := DotGeneral(patches, []int{2, n + 3}, []int{1}, Reshape(w, g, out/g, each, places), []int{2, 3}, []int{0})
	// y is [groups, batch, outputs…, channels of a group]
	order := slices.Concat([]int{1, 0, n + 2}, iota(2, n))
	y = TransposeAllAxes(y, order...)
	return c.placed(Reshape(y, slices.Concat([]int{dims[0], out}, dims[2:2+n])...))
}

// toSecond moves the last axis to the second place.
func toSecond(y *Node) *Node {
	last := y.Rank() - 1
	return TransposeAllAxes(y, slices.Concat([]int{0, last}, iota(1, last-1))...)
}

// sums is the convolution of single channels, place by place of the kernel. There are as many
// groups as channels.
func (c convolution) sums(x, w *Node) *Node {
	x, w = c.canonical(x, w)
	channels, out := x.Shape().Dim(1), w.Shape().Dim(0)
	each := out / channels
	flat := Reshape(w, out, -1)
	var sum *Node
	for j, part := range c.patches(x, w) {
		dims := part.Shape().Dimensions
		if each > 1 {
			part = Reshape(BroadcastToDims(ExpandAxes(part, 2), slices.Concat(dims[:2], []int{each}, dims[2:])...), slices.Concat([]int{dims[0], out}, dims[2:])...)
		}
		factor := Reshape(Slice(flat, AxisRange(), AxisElem(j)), append([]int{1, out}, slices.Repeat([]int{1}, len(dims)-2)...)...)
		sum = nodes.Plus(sum, Mul(part, factor))
	}
	return c.placed(sum)
}
