package rewriting

import (
	"encoding/binary"
	"fmt"
	"math"
	"slices"

	"github.com/gomlx/compute/shapes"
	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/liegg/lab/liegg/network/onnx/internal/message"
)

// These lifts handle attributes that have become inputs.

// liftPad turns widths and value into inputs.
func (d *Definition) liftPad() string {
	if d.before(11) {
		widths := d.node.Integers("pads")
		if d.before(2) {
			widths = d.node.Integers("paddings")
		}
		d.give(d.integers(widths...))
		if value := d.node.Float("value", 0); value != 0 {
			d.give(d.number(value))
		}
		d.node.Without("pads", "paddings", "value")
		return ""
	}
	return ""
}

func (d *Definition) liftSlice() string {
	if !d.before(10) {
		return ""
	}
	starts, ends, axes := d.node.Integers("starts"), d.node.Integers("ends"), d.node.Integers("axes")
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
	d.node.Without("starts", "ends", "axes")
	return ""
}

// liftReshape turns the shape into an input. A size of zero means the input's
// own.
func (d *Definition) liftReshape() string {
	if d.before(5) {
		d.give(d.integers(d.node.Integers("shape")...))
		d.node.Without("shape")
	}
	allowzero := d.node.Integer("allowzero", 0) != 0
	d.node.Without("allowzero")
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

func (d *Definition) liftClip() string {
	if !d.before(11) {
		return ""
	}
	for _, name := range []string{"min", "max"} {
		bound := ""
		if _, given := d.node.Attribute(name); given {
			bound = d.number(d.node.Float(name, 0))
		}
		d.give(bound)
	}
	d.node.Without("min", "max")
	message.Trim(d.node, "input")
	return ""
}

// liftConstant writes numbers as a tensor.
func (d *Definition) liftConstant() string {
	attributes := d.node.Children("attribute")
	if len(attributes) != 1 {
		return fmt.Sprintf("it has %d attributes, and one must be its value", len(attributes))
	}
	a := attributes[0]
	f, i := func(v protoreflect.Value) []byte { return float32Bytes(v.Float()) }, func(v protoreflect.Value) []byte { return int64Bytes(v.Int()) }
	switch name := a.Text("name"); name {
	case "value_float":
		d.constant(message.Float32Type, nil, f(a.Field("f")))
	case "value_int":
		d.constant(message.Int64Type, nil, i(a.Field("i")))
	case "value_floats":
		d.constantOf(message.Float32Type, a.Field("floats").List(), f)
	case "value_ints":
		d.constantOf(message.Int64Type, a.Field("ints").List(), i)
	case "value":
	default:
		return "its attribute " + name + " is not supported"
	}
	return ""
}

// constantOf makes the node a constant with one axis.
func (d *Definition) constantOf(kind int32, list protoreflect.List, bytes func(protoreflect.Value) []byte) {
	var raw []byte
	for i := range list.Len() {
		raw = append(raw, bytes(list.Get(i))...)
	}
	d.constant(kind, []int64{int64(list.Len())}, raw)
}

// constant makes the node a constant.
func (d *Definition) constant(kind int32, dims []int64, raw []byte) {
	name := d.tensor(kind, dims, raw)
	value, _ := d.last().Attribute("value")
	d.nodes = nil
	d.file.constant[d.output()] = d.file.constant[name]
	delete(d.file.constant, name)
	d.node.Mutable(d.node.Descriptor().Fields().ByName("attribute")).List().Truncate(0)
	d.node.Append("attribute", protoreflect.ValueOfMessage(value.Message))
}

func float32Bytes(v float64) []byte {
	return binary.LittleEndian.AppendUint32(nil, math.Float32bits(float32(v)))
}

func int64Bytes(v int64) []byte { return binary.LittleEndian.AppendUint64(nil, uint64(v)) }

// liftSplit turns the sizes of the parts into an input.
func (d *Definition) liftSplit() string {
	if _, given := d.node.Attribute("axis"); !given && d.before(2) {
		return fmt.Sprintf("it has no axis, and operator set %d does not say which is meant", d.file.opset)
	}
	sizes := d.node.Integers("split")
	d.node.Without("split")
	outputs := d.node.Field("output").List().Len()
	if parts := d.node.Integer("num_outputs", outputs); parts != outputs {
		return fmt.Sprintf("it should make %d parts, and has %d outputs", parts, outputs)
	}
	d.node.Without("num_outputs")
	if sizes == nil {
		return ""
	}
	if d.inputs() > 1 || len(sizes) != outputs {
		return fmt.Sprintf("it has %d outputs for parts of the sizes %v", outputs, sizes)
	}
	d.give(d.integers(sizes...))
	return ""
}

func (d *Definition) liftTopK() string {
	if d.before(10) {
		d.give(d.integers(d.node.Integer("k", 0)))
		d.node.Without("k")
	}
	return ""
}

// known returns the integers of a constant input.
func (d *Definition) known(i int) ([]int, bool) {
	return message.IntegersOf(d.file.constant, d.input(i))
}
