package onnx

import (
	"math"
	"slices"
)

// maxPad is the widest padding that is written out.
const maxPad = 64

// pad joins slices to an input, because GoMLX cannot differentiate the way in
// which the conversion pads. Only constant widths are written out.
func (d *definition) pad() bool {
	widths, ok := d.known(1)
	if !ok || d.input(3) != "" {
		return false
	}
	mode := d.node.word("mode", "constant")
	fill := ""
	if mode == "constant" {
		fill = d.input(2)
	}
	x, ok := d.padded(d.input(0), widths, mode, fill)
	return ok && d.become(x)
}

// known returns the integers of a constant input.
func (d *definition) known(i int) ([]int, bool) {
	return integersOf(d.file.constant, d.input(i))
}

// padded returns x with the given widths at the beginning and then at the end
// of all axes.
func (d *definition) padded(x string, widths []int, mode, fill string) (string, bool) {
	if len(widths)%2 != 0 || len(widths) == 0 || slices.Min(widths) < 0 || slices.Max(widths) > maxPad {
		return "", false
	}
	rank := len(widths) / 2
	for axis := range rank {
		low, high := widths[axis], widths[axis+rank]
		if low == 0 && high == 0 {
			continue
		}
		parts := []string{x}
		for j := range low { // away from the edge
			parts = slices.Insert(parts, 0, d.beyond(x, axis, mode, fill, j, lowEdge))
		}
		for j := range high {
			parts = append(parts, d.beyond(x, axis, mode, fill, j, highEdge))
		}
		x = d.op("Concat", parts...)
		d.last().setInt("axis", axis)
	}
	return x, true
}

const (
	lowEdge  = false
	highEdge = true
)

// beyond returns the values j positions beyond an edge of x along an axis.
func (d *definition) beyond(x string, axis int, mode, fill string, j int, high bool) string {
	at := map[string]int{"wrap": -1 - j, "reflect": 1 + j}[mode] // 0 for edge and constant
	if high {
		at = -1 - at
	}
	end := at + 1
	if end == 0 {
		end = math.MaxInt32
	}
	slice := d.op("Slice", x, d.integers(at), d.integers(end), d.integers(axis))
	if mode != "constant" {
		return slice
	}
	zero := d.op("Sub", slice, slice)
	if fill == "" {
		return zero
	}
	return d.op("Add", zero, fill)
}

// averagePool separates padding from averaging. The conversion refuses
// padding that counts, and GoMLX's own backend crashes on the gradient of
// padding that does not. The latter is the average with zeros divided by the
// average of ones with zeros.
func (d *definition) averagePool() bool {
	if !d.spelledOut() {
		return false
	}
	x, pads := d.input(0), d.pads()
	if len(pads) == 0 || slices.Max(pads) == 0 {
		d.window("AveragePool", d.node.texts("output")[0], x, nil)
		return true
	}
	half := len(pads) / 2
	widths := slices.Concat([]int{0, 0}, pads[:half], []int{0, 0}, pads[half:])
	mean, ok := d.meanWithZeros(x, widths)
	if !ok || d.node.integer("count_include_pad", 0) != 0 {
		return ok && d.become(mean)
	}
	share, _ := d.meanWithZeros(d.op("Add", d.op("Sub", x, x), d.number(1)), widths)
	return d.result("Div", mean, share)
}

func (d *definition) meanWithZeros(x string, widths []int) (string, bool) {
	padded, ok := d.padded(x, widths, "constant", "")
	if !ok {
		return "", false
	}
	return d.window("AveragePool", d.fresh(), padded, nil), true
}

// maxPool removes dilations of one.
func (d *definition) maxPool() bool {
	if !d.spelledOut() || d.node.get("output").List().Len() > 1 {
		return false
	}
	d.window("MaxPool", d.node.texts("output")[0], d.input(0), d.pads())
	return true
}

// spelledOut reports whether a pool has the attributes that the conversion
// reads, and none that it refuses.
func (d *definition) spelledOut() bool {
	known, _ := d.automatic(d.node.integers("kernel_shape"))
	return known && len(d.node.integers("kernel_shape")) > 0 && d.node.integer("ceil_mode", 0) == 0 &&
		only(1, d.node, "dilations") && d.node.integer("storage_order", 0) == 0
}

// window adds a pool with the window of the node being defined. Strides
// default to 1; the conversion would take the window's size.
func (d *definition) window(kind, output, x string, pads []int) string {
	kernel, strides := d.node.integers("kernel_shape"), d.node.integers("strides")
	if strides == nil {
		strides = slices.Repeat([]int{1}, len(kernel))
	}
	pool := d.add(kind, output, []string{x})
	pool.setInts("kernel_shape", kernel...)
	pool.setInts("strides", strides...)
	if pads != nil {
		pool.setInts("pads", pads...)
	}
	return output
}

// pads returns the pads of a pool, including those implied by auto_pad.
func (d *definition) pads() []int {
	if _, pads := d.automatic(d.node.integers("kernel_shape")); pads != nil {
		return pads
	}
	return d.node.integers("pads")
}

// automatic returns the pads implied by auto_pad, nil if it is not used. ok
// is false if they depend on the size of the input.
func (d *definition) automatic(kernel []int) (ok bool, pads []int) {
	auto := d.node.word("auto_pad", "NOTSET")
	switch {
	case auto == "NOTSET":
		return true, nil
	case auto == "VALID":
		return true, make([]int, 2*len(kernel))
	case !only(1, d.node, "strides"):
		return false, nil
	}
	low, high := make([]int, len(kernel)), make([]int, len(kernel))
	dilations := d.node.integers("dilations")
	for i, k := range kernel {
		all := k - 1
		if i < len(dilations) {
			all *= dilations[i]
		}
		low[i], high[i] = all/2, all-all/2
		if auto == "SAME_LOWER" {
			low[i], high[i] = high[i], low[i]
		}
	}
	return true, slices.Concat(low, high)
}
