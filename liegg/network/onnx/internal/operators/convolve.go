package operators

import (
	"fmt"
	"math"
	"slices"

	"github.com/gomlx/compute"
	. "github.com/gomlx/gomlx/core/graph"

	"github.com/liegg/lab/liegg/internal/vjp"
)

func init() {
	own["Conv"] = convolve
	own["ConvTranspose"] = convolveTransposed
}

// channelsFirst are the axes of inputs and outputs [batch, channels,
// spatial…]. Kernels have their output channels first, or second.
func channelsFirst(spatial int, kernelOutput int) compute.ConvolveAxesConfig {
	axes := make([]int, spatial)
	for i := range axes {
		axes[i] = 2 + i
	}
	return compute.ConvolveAxesConfig{
		InputBatch: 0, InputChannels: 1, InputSpatial: axes,
		KernelOutputChannels: kernelOutput, KernelInputChannels: 1 - kernelOutput, KernelSpatial: axes,
		OutputBatch: 0, OutputChannels: 1, OutputSpatial: axes,
	}
}

// convolve cross-correlates x [batch, channels, spatial…] with kernels
// [outputs, channels/groups, spatial…].
func convolve(o *operation) []*Node {
	x, kernel := o.input(0), o.input(1)
	w := o.windowing(x.Shape().Dimensions[2:], kernel.Shape().Dimensions[2:])
	groups := o.node.Integer("group", 1)
	y := vjp.Convolved(x, kernel, channelsFirst(len(w.sizes), 0), w.strides, w.paddings, ones(len(w.sizes)), w.dilations, groups)
	return []*Node{o.biased(y)}
}

func ones(n int) []int { return slices.Repeat([]int{1}, n) }

// biased adds the third input, one number for each channel, if it is given.
func (o *operation) biased(y *Node) *Node {
	if !o.has(2) {
		return y
	}
	dims := slices.Repeat([]int{1}, y.Rank())
	dims[1] = -1
	return Add(y, Reshape(o.input(2), dims...))
}

// convolveTransposed is the transpose of a convolution: x, spread by the
// strides, is convolved with kernels [channels, outputs/groups, spatial…].
func convolveTransposed(o *operation) []*Node {
	x, kernel := o.input(0), o.input(1)
	spatial, sizes := x.Shape().Dimensions[2:], kernel.Shape().Dimensions[2:]
	n, groups := len(spatial), o.node.Integer("group", 1)
	strides, dilations := o.perAxis("strides", n, 1), o.perAxis("dilations", n, 1)
	paddings, crops := make([][2]int, n), make([][2]int, n)
	for i, pads := range o.transposedPads(spatial, sizes, strides, dilations) {
		reach := (sizes[i] - 1) * dilations[i]
		for side, width := range pads {
			paddings[i][side], crops[i][side] = max(0, reach-width), max(0, width-reach)
		}
	}
	flipped := Reverse(kernel, channelsFirst(n, 0).KernelSpatial...)
	if groups > 1 { // [groups·a, b, …] becomes [a, groups·b, …]
		a, b := kernel.Shape().Dim(0)/groups, kernel.Shape().Dim(1)
		order := []int{1, 0, 2}
		for i := range n {
			order = append(order, 3+i)
		}
		flipped = Reshape(flipped, slices.Concat([]int{groups, a, b}, sizes)...)
		flipped = Reshape(TransposeAllAxes(flipped, order...), slices.Concat([]int{a, groups * b}, sizes)...)
	}
	y := vjp.Convolved(x, flipped, channelsFirst(n, 1), ones(n), paddings, strides, dilations, groups)
	for i, c := range crops {
		y = cropped(y, 2+i, c[0], c[1])
	}
	return []*Node{o.biased(y)}
}

// transposedPads returns what a transposed convolution takes off both ends of
// its whole result, for each axis; less than 0 adds there.
func (o *operation) transposedPads(spatial, sizes, strides, dilations []int) [][2]int {
	n := len(spatial)
	pads, more := o.perAxis("pads", 2*n, 0), o.perAxis("output_padding", n, 0)
	shape := o.node.Integers("output_shape")
	if len(shape) == n+2 {
		shape = shape[2:]
	}
	auto := o.node.Word("auto_pad", "NOTSET")
	all := make([][2]int, n)
	for i := range all {
		whole := (spatial[i]-1)*strides[i] + (sizes[i]-1)*dilations[i] + 1 + more[i]
		want := spatial[i] * strides[i]
		switch {
		case shape != nil && len(shape) != n:
			panic(fmt.Errorf("its output_shape %v does not fit %d spatial axes", shape, n))
		case shape != nil:
			want = shape[i]
		case auto == "NOTSET" || auto == "VALID":
			all[i] = [2]int{pads[i], pads[i+n] - more[i]}
			continue
		}
		total := whole - want
		low := int(math.Floor(float64(total) / 2))
		if auto != "SAME_UPPER" {
			low = total - low
		}
		all[i] = [2]int{low, total - low - more[i]}
	}
	return all
}
