package onnx

import (
	"slices"

	"google.golang.org/protobuf/reflect/protoreflect"
)

// conv writes the pads that auto_pad stands for, and gives kernels of even size one
// more tap, of weight zero: the gradient of Convolve in GoMLX v0.28.2 is another
// than that of the output where a kernel is even.
func (d *definition) conv() bool {
	kernel := d.kernel()
	ok, pads := d.automatic(kernel)
	if !ok || len(kernel) == 0 || pads == nil && d.node.word("auto_pad", "NOTSET") == "NOTSET" && odd(kernel) {
		return false
	}
	if pads == nil {
		pads = d.node.integers("pads")
	}
	if pads == nil {
		pads = make([]int, 2*len(kernel))
	}
	if len(pads) != 2*len(kernel) {
		return false
	}
	inputs := slices.Clone(d.node.texts("input"))
	inputs[1], kernel, pads = d.odd(inputs[1], kernel, pads)
	d.result("Conv", inputs...)
	for _, a := range d.node.children("attribute") {
		if name := a.text("name"); name != "auto_pad" && name != "pads" && name != "kernel_shape" {
			d.last().append("attribute", protoreflect.ValueOfMessage(a.Message))
		}
	}
	d.last().setInts("kernel_shape", kernel...)
	d.last().setInts("pads", pads...)
	return true
}

// kernel is the size of the kernel, that of the weights where the node does not say.
func (d *definition) kernel() []int {
	if given := d.node.integers("kernel_shape"); given != nil || d.inputs() < 2 {
		return given
	}
	weights, ok := d.file.constant[d.input(1)]
	if !ok || weights.get("dims").List().Len() < 3 {
		return nil
	}
	var kernel []int
	for i := 2; i < weights.get("dims").List().Len(); i++ {
		kernel = append(kernel, int(weights.get("dims").List().Get(i).Int()))
	}
	return kernel
}

func odd(kernel []int) bool {
	return !slices.ContainsFunc(kernel, func(k int) bool { return k%2 == 0 })
}

// odd adds zeros at the end of the axes of weights that are even, and pads as much.
func (d *definition) odd(weights string, kernel, pads []int) (string, []int, []int) {
	kernel, pads = slices.Clone(kernel), slices.Clone(pads)
	dilations := d.node.integers("dilations")
	for i := range kernel {
		if kernel[i]%2 != 0 {
			continue
		}
		weights, _ = d.padded(weights, tap(2+len(kernel), 2+i), "constant", "")
		kernel[i]++
		dilation := 1
		if i < len(dilations) {
			dilation = dilations[i]
		}
		pads[len(kernel)+i] += dilation
	}
	return weights, kernel, pads
}

// tap are the widths that pad one axis by one at its end.
func tap(rank, axis int) []int {
	widths := make([]int, 2*rank)
	widths[rank+axis] = 1
	return widths
}
