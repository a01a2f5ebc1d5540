package vjp

import (
	"slices"

	. "github.com/gomlx/gomlx/core/graph"
)

// isSpread reports whether c is the derivative of a strided convolution, or a transposed one: its
// input has zeros between its entries, and its kernel has several places there.
func (c convolution) isSpread(w *Node) bool {
	several := false
	for i, axis := range c.axes.KernelSpatial {
		several = several || c.spread[i] > 1 && w.Shape().Dim(axis) > 1
		if c.strides[i] > 1 || c.dilation[i] > 1 {
			return false
		}
	}
	return several && c.channelGroups == 1
}

// phases is the convolution of an input with s − 1 zeros between its entries, without the products
// with these zeros. An output at o = low + s·t − r meets every s-th place of the kernel,
//
//	y[low + s·t − r] = Σ_v x[t + v]·w[s·v + r],  r = 0 … s−1.
//
// So the outputs of each r are a convolution of x itself, all of them one with sⁿ times the
// channels.
func (c convolution) phases(x, w *Node) *Node {
	n := len(c.strides)
	_, w = c.canonical(x, w)
	out, in := w.Shape().Dim(0), w.Shape().Dim(1)
	split, kernel := []int{out, in}, []int{out, in} // [out, in, v, r, …], and [r…·out, in, v…]
	behind := make([]PadAxis, n+2)
	paddings, ones := make([][2]int, n), slices.Repeat([]int{1}, n)
	from, outputs := make([]int, n), make([]int, n)
	for i, s := range c.spread {
		entries, places, low := x.Shape().Dim(c.axes.InputSpatial[i]), w.Shape().Dim(2+i), c.paddings[i][0]
		met := (places + s - 1) / s
		behind[2+i].End = met*s - places
		split, kernel = append(split, met, s), append(kernel, met)
		kernel[0] *= s
		outputs[i] = (entries-1)*s + 1 + low + c.paddings[i][1] - places + 1
		first, last := -(low / s), ceil(outputs[i]-1-low, s) // t
		paddings[i] = [2]int{-first, last - first + met - entries + first}
		from[i] = s - 1 - low - s*first
	}
	w = Reshape(padded(w, 0, behind), split...)
	for i := range n {
		w = Reverse(w, 3+2*i)
	}
	order := make([]int, 0, len(split))
	for i := range n {
		order = append(order, 3+2*i)
	}
	order = append(order, 0, 1)
	for i := range n {
		order = append(order, 2+2*i)
	}
	axes := c.axes.Clone()
	axes.KernelOutputChannels, axes.KernelInputChannels, axes.KernelSpatial = 0, 1, iota(2, n)
	axes.OutputBatch, axes.OutputSpatial, axes.OutputChannels = 0, iota(1, n), n+1
	y := convolved(x, Reshape(TransposeAllAxes(w, order...), kernel...), axes, ones, paddings, ones, ones, 1, 1)
	return c.placed(toSecond(c.interleaved(y, from, outputs)))
}

// ceil returns a/s, rounded up, for any a and s > 0.
func ceil(a, s int) int {
	if a <= 0 {
		return -(-a / s)
	}
	return (a + s - 1) / s
}

// interleaved puts the outputs y [batch, t…, r…·channels] into their order, [batch, outputs…,
// channels], and keeps so many from the given one on.
func (c convolution) interleaved(y *Node, from, outputs []int) *Node {
	n := len(c.spread)
	dims := y.Shape().Dimensions
	split, joined, order := slices.Clone(dims[:n+1]), []int{dims[0]}, []int{0}
	channels := dims[n+1]
	for i, s := range c.spread {
		split, joined, order = append(split, s), append(joined, dims[1+i]*s), append(order, 1+i, n+1+i)
		channels /= s
	}
	y = TransposeAllAxes(Reshape(y, append(split, channels)...), append(order, 2*n+1)...)
	y = Reshape(y, append(joined, channels)...)
	for i := range n {
		y = SliceAxis(y, 1+i, AxisRange(from[i], from[i]+outputs[i]))
	}
	return y
}
