package onnx

import "google.golang.org/protobuf/reflect/protoreflect"

// conv writes out the pads that auto_pad implies.
func (d *definition) conv() bool {
	kernel := d.kernel()
	ok, pads := d.automatic(kernel)
	if !ok || len(kernel) == 0 || pads == nil {
		return false
	}
	d.result("Conv", d.node.texts("input")...)
	for _, a := range d.node.children("attribute") {
		if name := a.text("name"); name != "auto_pad" && name != "pads" && name != "kernel_shape" {
			d.last().append("attribute", protoreflect.ValueOfMessage(a.Message))
		}
	}
	d.last().setInts("kernel_shape", kernel...)
	d.last().setInts("pads", pads...)
	return true
}

// kernel returns the size of the kernel, taken from the weights if the node
// does not give it.
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
