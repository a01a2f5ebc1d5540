package rewriting

import "google.golang.org/protobuf/reflect/protoreflect"

// along adds a reduction over the given axes. They are an input since opset
// 13 for sums, and since 18 for the others; the conversion accepts both for
// all.
func (d *Definition) along(kind, x, axes string, keep bool) string {
	y := d.op(kind, x)
	d.reduce(axes, keep)
	return y
}

// reduce makes the node added last a reduction over axes.
func (d *Definition) reduce(axes string, keep bool) {
	if axes != "" {
		d.last().Append("input", protoreflect.ValueOf(axes))
	}
	kept := 0
	if keep {
		kept = 1
	}
	d.last().SetInt("keepdims", kept)
}

// axes returns the axes of a reduction, as the name of a tensor.
func (d *Definition) axes() string {
	if given := d.node.Integers("axes"); given != nil {
		return d.integers(given...)
	}
	return d.input(1)
}

func (d *Definition) keeps() bool { return d.node.Integer("keepdims", 1) != 0 }

// reduced adds a reduction of x over the axes of the node.
func (d *Definition) reduced(kind, x string) bool {
	axes := d.axes()
	return d.become(d.along(kind, x, axes, d.keeps()))
}

// logSumExp returns m + log Σ exp(x − m), where m is the maximum.
func (d *Definition) logSumExp() bool {
	axes := d.axes()
	e := d.op("Exp", d.op("Sub", d.input(0), d.along("ReduceMax", d.input(0), axes, true)))
	sum := d.op("Log", d.along("ReduceSum", e, axes, d.keeps()))
	return d.result("Add", sum, d.along("ReduceMax", d.input(0), axes, d.keeps()))
}

// rows returns x with all axes from the given one on merged into the last, as
// softmax took it before opset 13, and since then x itself with that axis.
func (d *Definition) rows() (x string, axis int) {
	if d.file.opset >= 13 {
		return d.input(0), d.node.Integer("axis", -1)
	}
	x = d.op("Flatten", d.input(0))
	d.last().SetInt("axis", d.node.Integer("axis", 1))
	return x, -1
}

// softmax is left to the conversion, except for files before opset 13.
func (d *Definition) softmax() bool {
	if d.file.opset >= 13 {
		return false
	}
	x, axis := d.rows()
	y := d.op("Softmax", x)
	d.last().SetInt("axis", axis)
	return d.result("Reshape", y, d.op("Shape", d.input(0)))
}

// logSoftmax returns x − m − log Σ exp(x − m), where m is the maximum.
func (d *Definition) logSoftmax() bool {
	x, axis := d.rows()
	axes := d.integers(axis)
	shifted := d.op("Sub", x, d.along("ReduceMax", x, axes, true))
	sum := d.op("Log", d.along("ReduceSum", d.op("Exp", shifted), axes, true))
	return d.result("Reshape", d.op("Sub", shifted, sum), d.op("Shape", d.input(0)))
}

// instanceNormalization uses the mean and variance of each channel of each
// sample.
func (d *Definition) instanceNormalization() bool {
	if d.inputs() < 3 {
		return false
	}
	rows, axes := d.op("Reshape", d.input(0), d.integers(0, 0, -1)), d.integers(2)
	centred := d.op("Sub", rows, d.along("ReduceMean", rows, axes, true))
	variance := d.along("ReduceMean", d.op("Mul", centred, centred), axes, true)
	std := d.op("Sqrt", d.op("Add", variance, d.number(d.node.Float("epsilon", 1e-5))))
	column := d.integers(1, -1, 1)
	scale, shift := d.op("Reshape", d.input(1), column), d.op("Reshape", d.input(2), column)
	y := d.op("Add", d.op("Mul", d.op("Div", centred, std), scale), shift)
	return d.result("Reshape", y, d.op("Shape", d.input(0)))
}
