package onnx

import (
	"fmt"
	"slices"
)

// lifts rewrite operators as in the newest operator sets. Each returns what
// is not supported, or "". Operators whose old forms have the same meaning
// are not listed.
var lifts = map[string]func(d *definition) string{
	"Add": (*definition).aligned, "Sub": (*definition).aligned, "Mul": (*definition).aligned, "Div": (*definition).aligned,
	"Pow": (*definition).aligned, "And": (*definition).aligned, "Or": (*definition).aligned, "Xor": (*definition).aligned,
	"Equal": (*definition).aligned, "Greater": (*definition).aligned, "Less": (*definition).aligned,
	"PRelu":              (*definition).slopeOfChannels,
	"Gemm":               (*definition).withoutBroadcast,
	"BatchNormalization": (*definition).inference,
	"Dropout":            (*definition).dropsNothing,
	"Pad":                (*definition).liftPad,
	"Slice":              (*definition).liftSlice,
	"Reshape":            (*definition).liftReshape,
	"Clip":               (*definition).liftClip,
	"Cast":               (*definition).liftCast,
	"Concat":             (*definition).liftConcat,
	"Constant":           (*definition).liftConstant,
	"Selu":               (*definition).liftSelu,
	"Split":              (*definition).liftSplit,
	"TopK":               (*definition).liftTopK,
	"Scan":               (*definition).liftScan,
	"Tile":               (*definition).liftTile,
	"Upsample":           (*definition).liftUpsample,
	"Resize":             (*definition).liftResize,
	"QuantizeLinear":     (*definition).liftQuantize,
	"AveragePool":        (*definition).paddedOnce, "MaxPool": (*definition).paddedOnce, "Conv": (*definition).paddedOnce,
	"ReduceL1": (*definition).reducesAlongAxes, "ReduceL2": (*definition).reducesAlongAxes, "ReduceLogSumExp": (*definition).reducesAlongAxes, "ReduceLogSum": (*definition).reducesAlongAxes,
	"ReduceMax": (*definition).reducesAlongAxes, "ReduceMean": (*definition).reducesAlongAxes, "ReduceMin": (*definition).reducesAlongAxes,
	"ReduceProd": (*definition).reducesAlongAxes, "ReduceSum": (*definition).reducesAlongAxes, "ReduceSumSquare": (*definition).reducesAlongAxes,
}

// before reports whether the file's operator set is older than opset.
func (d *definition) before(opset int) bool { return d.file.opset < opset }

// inference refuses batch normalisation that uses means and variances of the
// batch.
func (d *definition) inference() string {
	outputs := len(slices.DeleteFunc(d.node.texts("output"), func(name string) bool { return name == "" }))
	const training = "so it takes means and variances over the batch, as in training: export in evaluation mode, in PyTorch net.eval()"
	switch {
	case d.node.integer("training_mode", 0) != 0:
		return "its training_mode is 1, " + training
	case d.before(14) && outputs > 1:
		return fmt.Sprintf("it has %d outputs, which in operator set %d means training, %s", outputs, d.file.opset, training)
	case d.before(7) && d.node.integer("is_test", 0) == 0:
		return fmt.Sprintf("its is_test is 0, which in operator set %d means training, %s", d.file.opset, training)
	case d.node.integer("spatial", 1) == 0:
		return "its spatial = 0 is not supported: means and variances must be per channel"
	}
	d.node.without("momentum", "training_mode", "is_test", "spatial")
	return ""
}

// dropsNothing refuses dropout in training mode.
func (d *definition) dropsNothing() string {
	const training = "so it drops at random, as in training: export in evaluation mode, in PyTorch net.eval()"
	if d.before(7) && d.node.integer("is_test", 0) == 0 {
		return fmt.Sprintf("its is_test is 0, which in operator set %d means training, %s", d.file.opset, training)
	}
	if d.input(2) != "" && !d.isFalse(d.input(2)) {
		return "its input training_mode is not a constant that is false, " + training
	}
	d.node.without("is_test")
	d.node.get("input").List().Truncate(1)
	return ""
}

// isFalse reports whether a tensor is a constant with the value false.
func (d *definition) isFalse(name string) bool {
	t, ok := d.file.constant[name]
	if !ok || t.get("data_type").Int() != boolType {
		return false
	}
	if raw := t.get("raw_data").Bytes(); len(raw) > 0 {
		return len(raw) == 1 && raw[0] == 0
	}
	list := t.get("int32_data").List()
	return list.Len() == 1 && list.Get(0).Int() == 0
}

// withoutBroadcast removes the attribute that permits broadcasting, which is
// always permitted since operator set 7.
func (d *definition) withoutBroadcast() string {
	d.node.without("broadcast")
	return ""
}

// liftConcat writes out the axis, which was optional in the first operator
// sets.
func (d *definition) liftConcat() string {
	if _, given := d.node.given("axis"); !given && d.before(4) {
		d.node.setInt("axis", 1)
	}
	return ""
}

// liftSelu writes out the constants as operator set 1 rounds them.
func (d *definition) liftSelu() string {
	for name, old := range map[string]float64{"alpha": 1.6732, "gamma": 1.0507} {
		if _, given := d.node.given(name); !given && d.before(6) {
			d.node.setFloat(name, old)
		}
	}
	return ""
}

// liftCast replaces the name of a type by its number.
func (d *definition) liftCast() string {
	if !d.before(6) {
		return ""
	}
	name := d.node.word("to", "")
	number := d.node.dataType(name)
	if number == 0 {
		return fmt.Sprintf("it casts to %q, which is no type of ONNX", name)
	}
	d.node.without("to")
	d.node.setInt("to", number)
	return ""
}

// liftTile refuses the Tile of the first operator sets, which takes other
// inputs.
func (d *definition) liftTile() string {
	if d.before(6) {
		return fmt.Sprintf("its form of operator set %d is not supported: export with set 6 or newer", d.file.opset)
	}
	return ""
}

// liftScan refuses the Scan of operator set 8, which scans each sample of a
// batch by itself.
func (d *definition) liftScan() string {
	if d.before(9) {
		return "its form of operator set 8 is not supported: export with set 9 or newer"
	}
	return ""
}

// liftQuantize requires a zero point, which determines the type.
func (d *definition) liftQuantize() string {
	if d.input(2) == "" {
		return "it has no zero point, which must determine its type"
	}
	return ""
}

// reducesAlongAxes refuses reductions over no axes.
func (d *definition) reducesAlongAxes() string {
	if d.node.integer("noop_with_empty_axes", 0) == 0 {
		d.node.without("noop_with_empty_axes")
		return ""
	}
	if axes, ok := d.known(1); d.node.integers("axes") == nil && (!ok || len(axes) == 0) {
		return "its noop_with_empty_axes = 1 is not supported without axes"
	}
	d.node.without("noop_with_empty_axes")
	return ""
}

// paddedOnce refuses padding that is given twice.
func (d *definition) paddedOnce() string {
	if d.node.word("auto_pad", "NOTSET") != "NOTSET" && !only(0, d.node, "pads") {
		return "it has both pads and auto_pad, of which only one may be given"
	}
	return ""
}
