package onnx

import (
	"encoding/binary"
	"fmt"
	"math"
	"slices"

	"github.com/gomlx/compute/shapes"
	"google.golang.org/protobuf/reflect/protoreflect"
)

// These lifts handle attributes that have become inputs.

// liftPad turns widths and value into inputs.
func (d *definition) liftPad() string {
	if d.before(11) {
		widths := d.node.integers("pads")
		if d.before(2) {
			widths = d.node.integers("paddings")
		}
		d.give(d.integers(widths...))
		if value := d.node.float("value", 0); value != 0 {
			d.give(d.number(value))
		}
		d.node.without("pads", "paddings", "value")
		return ""
	}
	return ""
}

func (d *definition) liftSlice() string {
	if !d.before(10) {
		return ""
	}
	starts, ends, axes := d.node.integers("starts"), d.node.integers("ends"), d.node.integers("axes")
	if axes == nil {
		for i := range starts {
			axes = append(axes, i)
		}
	}
	if len(starts) == 0 || len(starts) != len(ends) || len(axes) != len(starts) {
		return fmt.Sprintf("its starts %v, ends %v and axes %v differ in number", starts, ends, axes)
	}
	for _, values := range [][]int{starts, ends, axes} {
		d.give(d.integers(values...))
	}
	d.node.without("starts", "ends", "axes")
	return ""
}

// liftReshape turns the shape into an input. A size of zero means the input's
// own.
func (d *definition) liftReshape() string {
	if d.before(5) {
		d.give(d.integers(d.node.integers("shape")...))
		d.node.without("shape")
	}
	allowzero := d.node.integer("allowzero", 0) != 0
	d.node.without("allowzero")
	if !allowzero {
		return ""
	}
	const empty = "its allowzero = 1 is not supported if it makes an empty tensor, which has nothing to differentiate"
	sizes, ok := d.known(1)
	switch {
	case ok && slices.Contains(sizes, 0):
		return empty
	case ok:
		return ""
	}
	return d.claim([]string{d.input(0)}, func(s []shapes.Shape) string {
		if slices.Contains(s[0].Dimensions, 0) {
			return empty
		}
		return ""
	})
}

func (d *definition) liftClip() string {
	if !d.before(11) {
		return ""
	}
	for _, name := range []string{"min", "max"} {
		bound := ""
		if _, given := d.node.given(name); given {
			bound = d.number(d.node.float(name, 0))
		}
		d.give(bound)
	}
	d.node.without("min", "max")
	trim(d.node, "input")
	return ""
}

// liftConstant writes numbers as a tensor.
func (d *definition) liftConstant() string {
	attributes := d.node.children("attribute")
	if len(attributes) != 1 {
		return fmt.Sprintf("it has %d attributes, and one must be its value", len(attributes))
	}
	a := attributes[0]
	f, i := func(v protoreflect.Value) []byte { return float32Bytes(v.Float()) }, func(v protoreflect.Value) []byte { return int64Bytes(v.Int()) }
	switch name := a.text("name"); name {
	case "value_float":
		d.constant(float32Type, nil, f(a.get("f")))
	case "value_int":
		d.constant(int64Type, nil, i(a.get("i")))
	case "value_floats":
		d.constantOf(float32Type, a.get("floats").List(), f)
	case "value_ints":
		d.constantOf(int64Type, a.get("ints").List(), i)
	case "value":
	default:
		return "its attribute " + name + " is not supported"
	}
	return ""
}

// constantOf makes the node a constant with one axis.
func (d *definition) constantOf(kind int32, list protoreflect.List, bytes func(protoreflect.Value) []byte) {
	var raw []byte
	for i := range list.Len() {
		raw = append(raw, bytes(list.Get(i))...)
	}
	d.constant(kind, []int64{int64(list.Len())}, raw)
}

// constant makes the node a constant.
func (d *definition) constant(kind int32, dims []int64, raw []byte) {
	name := d.tensor(kind, dims, raw)
	value, _ := d.last().given("value")
	d.nodes = nil
	d.file.constant[d.output()] = d.file.constant[name]
	delete(d.file.constant, name)
	d.node.Mutable(d.node.Descriptor().Fields().ByName("attribute")).List().Truncate(0)
	d.node.append("attribute", protoreflect.ValueOfMessage(value.Message))
}

func float32Bytes(v float64) []byte {
	return binary.LittleEndian.AppendUint32(nil, math.Float32bits(float32(v)))
}

func int64Bytes(v int64) []byte { return binary.LittleEndian.AppendUint64(nil, uint64(v)) }

// liftSplit turns the sizes of the parts into an input.
func (d *definition) liftSplit() string {
	if _, given := d.node.given("axis"); !given && d.before(2) {
		return fmt.Sprintf("it has no axis, and operator set %d does not say which is meant", d.file.opset)
	}
	sizes := d.node.integers("split")
	d.node.without("split")
	outputs := d.node.get("output").List().Len()
	if parts := d.node.integer("num_outputs", outputs); parts != outputs {
		return fmt.Sprintf("it should make %d parts, and has %d outputs", parts, outputs)
	}
	d.node.without("num_outputs")
	if sizes == nil {
		return ""
	}
	if d.inputs() > 1 || len(sizes) != outputs {
		return fmt.Sprintf("it has %d outputs for parts of the sizes %v", outputs, sizes)
	}
	d.give(d.integers(sizes...))
	return ""
}

func (d *definition) liftTopK() string {
	if d.before(10) {
		d.give(d.integers(d.node.integer("k", 0)))
		d.node.without("k")
	}
	return ""
}

// known returns the integers of a constant input.
func (d *definition) known(i int) ([]int, bool) {
	return integersOf(d.file.constant, d.input(i))
}
