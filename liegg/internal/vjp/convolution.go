package vjp

import (
	"slices"

	"github.com/gomlx/compute"
	. "github.com/gomlx/gomlx/core/graph"
)

// convolution is a ConvGeneral with all defaults filled in. Along an axis it
// is y[o] = Σ_j x̃[o·stride − low + j·dilation]·w[j], where x̃ is x with
// spread − 1 zeros between its entries.
type convolution struct {
	axes                      compute.ConvolveAxesConfig
	strides, spread, dilation []int
	paddings                  [][2]int
	channelGroups, batches    int
}

func convolutionOf(node *Node) convolution {
	p := parametersOf(node)
	n := node.Rank() - 2
	axes := p.field("axes")
	at := func(name string) int { return integer(axes.FieldByName(name)) }
	all := func(name string) []int { return integers(axes.FieldByName(name)) }
	return convolution{
		axes: compute.ConvolveAxesConfig{
			InputBatch: at("InputBatch"), InputChannels: at("InputChannels"), InputSpatial: all("InputSpatial"),
			KernelInputChannels: at("KernelInputChannels"), KernelOutputChannels: at("KernelOutputChannels"), KernelSpatial: all("KernelSpatial"),
			OutputBatch: at("OutputBatch"), OutputChannels: at("OutputChannels"), OutputSpatial: all("OutputSpatial"),
		},
		strides: filled(p.ints("strides"), n, 1), spread: filled(p.ints("inputDilations"), n, 1), dilation: filled(p.ints("kernelDilations"), n, 1),
		paddings:      filled(p.pairs("paddings"), n, [2]int{}),
		channelGroups: max(1, p.int("channelGroupCount")), batches: max(1, p.int("batchGroupCount")),
	}
}

// convGeneral is the rule of a convolution. Both cotangents are convolutions,
// as in JAX (jax._src.lax.convolution).
func convGeneral(node, v *Node) []*Node {
	x, w := node.Inputs()[0], node.Inputs()[1]
	c := convolutionOf(node)
	return []*Node{c.inputCotangent(x, w, v), c.kernelCotangent(x, w, v)}
}

// inputCotangent convolves v, spread by the strides, with the reversed
// kernel, exchanging its input and output channels.
func (c convolution) inputCotangent(x, w, v *Node) *Node {
	a := c.axes
	groups := max(c.channelGroups, c.batches)
	if groups > 1 { // each group has its own outputs, which are inputs here
		w = moveBlocks(w, a.KernelOutputChannels, groups, a.KernelInputChannels)
	}
	w = Reverse(w, a.KernelSpatial...)
	paddings := make([][2]int, len(c.strides))
	for i := range paddings {
		k := (w.Shape().Dim(a.KernelSpatial[i]) - 1) * c.dilation[i]
		whole := (x.Shape().Dim(a.InputSpatial[i])-1)*c.spread[i] + 1 + k
		low := k - c.paddings[i][0]
		paddings[i] = [2]int{low, whole - low - (v.Shape().Dim(a.OutputSpatial[i])-1)*c.strides[i] - 1}
	}
	y := convolved(v, w, compute.ConvolveAxesConfig{
		InputBatch: a.OutputBatch, InputChannels: a.OutputChannels, InputSpatial: a.OutputSpatial,
		KernelInputChannels: a.KernelOutputChannels, KernelOutputChannels: a.KernelInputChannels, KernelSpatial: a.KernelSpatial,
		OutputBatch: a.InputBatch, OutputChannels: a.InputChannels, OutputSpatial: a.InputSpatial,
	}, c.spread, paddings, c.strides, c.dilation, groups, 1)
	if c.batches > 1 { // the groups of the batch were channels of v
		y = moveBlocks(y, a.InputChannels, c.batches, a.InputBatch)
	}
	return y
}

// kernelCotangent convolves x with v: channels stand where the batch did, and the other
// way round; strides and dilations of the kernel change places.
func (c convolution) kernelCotangent(x, w, v *Node) *Node {
	a := c.axes
	paddings := make([][2]int, len(c.strides))
	for i := range paddings {
		whole := (w.Shape().Dim(a.KernelSpatial[i])-1)*c.dilation[i] + (v.Shape().Dim(a.OutputSpatial[i])-1)*c.strides[i] + 1
		low := c.paddings[i][0]
		paddings[i] = [2]int{low, whole - low - (x.Shape().Dim(a.InputSpatial[i])-1)*c.spread[i] - 1}
	}
	return convolved(x, v, compute.ConvolveAxesConfig{
		InputBatch: a.InputChannels, InputChannels: a.InputBatch, InputSpatial: a.InputSpatial,
		KernelInputChannels: a.OutputBatch, KernelOutputChannels: a.OutputChannels, KernelSpatial: a.OutputSpatial,
		OutputBatch: a.KernelInputChannels, OutputChannels: a.KernelOutputChannels, OutputSpatial: a.KernelSpatial,
	}, c.dilation, paddings, c.spread, c.strides, c.batches, c.channelGroups)
}

// convolved is ConvGeneral, with negative paddings taken off x beforehand. Where the
// batch has groups, it stands at the same axis of x and of the output: the backend in
// pure Go, at compute v0.1.2, takes the one for the other.
func convolved(x, w *Node, axes compute.ConvolveAxesConfig, strides []int, paddings [][2]int, spread, dilation []int, channelGroups, batches int) *Node {
	crop := make([]PadAxis, x.Rank())
	paddings, spread = slices.Clone(paddings), slices.Clone(spread)
	for i, axis := range axes.InputSpatial {
		if low, high := paddings[i][0], paddings[i][1]; low < 0 || high < 0 {
			crop[axis] = PadAxis{Start: low, End: high, Interior: spread[i] - 1}
			paddings[i], spread[i] = [2]int{}, 1
		}
	}
	x = padded(x, 0, crop)
	if p, q := axes.InputBatch, axes.OutputBatch; batches > 1 && p != q {
		x, axes = Transpose(x, p, q), swapped(axes, p, q)
	}
	c := convolution{axes, strides, spread, dilation, paddings, channelGroups, batches}
	if form := c.form(x, w); form != nil {
		return form(x, w)
	}
	return ConvGeneral(x, w, axes, strides, paddings, spread, dilation, channelGroups, batches)
}

// swapped returns the axes of the input after two of them were swapped.
func swapped(axes compute.ConvolveAxesConfig, p, q int) compute.ConvolveAxesConfig {
	axes = axes.Clone()
	places := []*int{&axes.InputBatch, &axes.InputChannels}
	for i := range axes.InputSpatial {
		places = append(places, &axes.InputSpatial[i])
	}
	for _, place := range places {
		switch *place {
		case p:
			*place = q
		case q:
			*place = p
		}
	}
	return axes
}

// moveBlocks moves n blocks of one axis to the front of another: [n·a, b]
// becomes [a, n·b].
func moveBlocks(x *Node, from, n, to int) *Node {
	dims := x.Shape().Dimensions
	split := slices.Concat(dims[:from], []int{n, dims[from] / n}, dims[from+1:])
	result := slices.Clone(dims)
	result[from], result[to] = dims[from]/n, n*dims[to]
	var order []int
	place := func(axis int) int { // in split
		if axis >= from {
			return axis + 1
		}
		return axis
	}
	for axis := range dims {
		if axis == to {
			order = append(order, from)
		}
		order = append(order, place(axis))
	}
	return Reshape(TransposeAllAxes(Reshape(x, split...), order...), result...)
}
