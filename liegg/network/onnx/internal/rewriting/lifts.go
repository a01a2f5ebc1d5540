package rewriting

import (
	"fmt"
	"slices"

	"github.com/liegg/lab/liegg/network/onnx/internal/message"
)

// lifts rewrite operators as in the newest operator sets. Each returns what
// is not supported, or "". Operators whose old forms have the same meaning
// are not listed.
var lifts = map[string]func(d *Definition) string{
	"Add": (*Definition).aligned, "Sub": (*Definition).aligned, "Mul": (*Definition).aligned, "Div": (*Definition).aligned,
	"Pow": (*Definition).aligned, "And": (*Definition).aligned, "Or": (*Definition).aligned, "Xor": (*Definition).aligned,
	"Equal": (*Definition).aligned, "Greater": (*Definition).aligned, "Less": (*Definition).aligned,
	"PRelu":              (*Definition).slopeOfChannels,
	"Gemm":               (*Definition).withoutBroadcast,
	"BatchNormalization": (*Definition).inference,
	"Dropout":            (*Definition).dropsNothing,
	"Pad":                (*Definition).liftPad,
	"Slice":              (*Definition).liftSlice,
	"Reshape":            (*Definition).liftReshape,
	"Clip":               (*Definition).liftClip,
	"Cast":               (*Definition).liftCast,
	"Concat":             (*Definition).liftConcat,
	"Constant":           (*Definition).liftConstant,
	"Selu":               (*Definition).liftSelu,
	"Split":              (*Definition).liftSplit,
	"TopK":               (*Definition).liftTopK,
	"Scan":               (*Definition).liftScan,
	"Tile":               (*Definition).liftTile,
	"Upsample":           (*Definition).liftUpsample,
	"Resize":             (*Definition).liftResize,
	"QuantizeLinear":     (*Definition).liftQuantize,
	"AveragePool":        (*Definition).paddedOnce, "MaxPool": (*Definition).paddedOnce, "Conv": (*Definition).paddedOnce,
	"ReduceL1": (*Definition).reducesAlongAxes, "ReduceL2": (*Definition).reducesAlongAxes, "ReduceLogSumExp": (*Definition).reducesAlongAxes, "ReduceLogSum": (*Definition).reducesAlongAxes,
	"ReduceMax": (*Definition).reducesAlongAxes, "ReduceMean": (*Definition).reducesAlongAxes, "ReduceMin": (*Definition).reducesAlongAxes,
	"ReduceProd": (*Definition).reducesAlongAxes, "ReduceSum": (*Definition).reducesAlongAxes, "ReduceSumSquare": (*Definition).reducesAlongAxes,
}

// before reports whether the file's operator set is older than opset.
func (d *Definition) before(opset int) bool { return d.file.opset < opset }

// inference refuses batch normalisation that uses means and variances of the
// batch.
func (d *Definition) inference() string {
	outputs := len(slices.DeleteFunc(d.node.Texts("output"), func(name string) bool { return name == "" }))
	const training = "so it takes means and variances over the batch, as in training: export in evaluation mode, in PyTorch net.eval()"
	switch {
	case d.node.Integer("training_mode", 0) != 0:
		return "its training_mode is 1, " + training
	case d.before(14) && outputs > 1:
		return fmt.Sprintf("it has %d outputs, which in operator set %d means training, %s", outputs, d.file.opset, training)
	case d.before(7) && d.node.Integer("is_test", 0) == 0:
		return fmt.Sprintf("its is_test is 0, which in operator set %d means training, %s", d.file.opset, training)
	case d.node.Integer("spatial", 1) == 0:
		return "its spatial = 0 is not supported: means and variances must be per channel"
	}
	d.node.Without("momentum", "training_mode", "is_test", "spatial")
	return ""
}

// dropsNothing refuses dropout in training mode.
func (d *Definition) dropsNothing() string {
	const training = "so it drops at random, as in training: export in evaluation mode, in PyTorch net.eval()"
	if d.before(7) && d.node.Integer("is_test", 0) == 0 {
		return fmt.Sprintf("its is_test is 0, which in operator set %d means training, %s", d.file.opset, training)
	}
	if d.input(2) != "" && !d.isFalse(d.input(2)) {
		return "its input training_mode is not a constant that is false, " + training
	}
	d.node.Without("is_test")
	d.node.Field("input").List().Truncate(1)
	return ""
}

// isFalse reports whether a tensor is a constant with the value false.
func (d *Definition) isFalse(name string) bool {
	t, ok := d.file.constant[name]
	if !ok || t.Field("data_type").Int() != message.BoolType {
		return false
	}
	if raw := t.Field("raw_data").Bytes(); len(raw) > 0 {
		return len(raw) == 1 && raw[0] == 0
	}
	list := t.Field("int32_data").List()
	return list.Len() == 1 && list.Get(0).Int() == 0
}

// withoutBroadcast removes the attribute that permits broadcasting, which is
// always permitted since operator set 7.
func (d *Definition) withoutBroadcast() string {
	d.node.Without("broadcast")
	return ""
}

// liftConcat writes out the axis, which was optional in the first operator
// sets.
func (d *Definition) liftConcat() string {
	if _, given := d.node.Attribute("axis"); !given && d.before(4) {
		d.node.SetInt("axis", 1)
	}
	return ""
}

// liftSelu writes out the constants as operator set 1 rounds them.
func (d *Definition) liftSelu() string {
	for name, old := range map[string]float64{"alpha": 1.6732, "gamma": 1.0507} {
		if _, given := d.node.Attribute(name); !given && d.before(6) {
			d.node.SetFloat(name, old)
		}
	}
	return ""
}

// liftCast replaces the name of a type by its number.
func (d *Definition) liftCast() string {
	if !d.before(6) {
		return ""
	}
	name := d.node.Word("to", "")
	number := d.node.DataType(name)
	if number == 0 {
		return fmt.Sprintf("it casts to %q, which is no type of ONNX", name)
	}
	d.node.Without("to")
	d.node.SetInt("to", number)
	return ""
}

// liftTile refuses the Tile of the first operator sets, which takes other
// inputs.
func (d *Definition) liftTile() string {
	if d.before(6) {
		return fmt.Sprintf("its form of operator set %d is not supported: export with set 6 or newer", d.file.opset)
	}
	return ""
}

// liftScan refuses the Scan of operator set 8, which scans each sample of a
// batch by itself.
func (d *Definition) liftScan() string {
	if d.before(9) {
		return "its form of operator set 8 is not supported: export with set 9 or newer"
	}
	return ""
}

// liftQuantize requires a zero point, which determines the type.
func (d *Definition) liftQuantize() string {
	if d.input(2) == "" {
		return "it has no zero point, which must determine its type"
	}
	return ""
}

// reducesAlongAxes refuses reductions over no axes.
func (d *Definition) reducesAlongAxes() string {
	if d.node.Integer("noop_with_empty_axes", 0) == 0 {
		d.node.Without("noop_with_empty_axes")
		return ""
	}
	if axes, ok := d.known(1); d.node.Integers("axes") == nil && (!ok || len(axes) == 0) {
		return "its noop_with_empty_axes = 1 is not supported without axes"
	}
	d.node.Without("noop_with_empty_axes")
	return ""
}

// paddedOnce refuses padding that is given twice.
func (d *Definition) paddedOnce() string {
	if d.node.Word("auto_pad", "NOTSET") != "NOTSET" && !message.Only(0, d.node, "pads") {
		return "it has both pads and auto_pad, of which only one may be given"
	}
	return ""
}
