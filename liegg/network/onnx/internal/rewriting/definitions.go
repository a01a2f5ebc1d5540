package rewriting

import (
	"math"

	"github.com/liegg/lab/liegg/network/onnx/internal/message"
)

// Definitions express operators by others, as ONNX's reference defines them,
// in forms that do not overflow. If a definition returns false, the node is
// left to the conversion.
var Definitions = map[string]func(d *Definition) bool{
	"LeakyRelu": func(d *Definition) bool { return d.leaky(d.number(d.node.Float("alpha", .01))) },
	"PRelu":     func(d *Definition) bool { return d.leaky(d.input(1)) },
	"Elu":       func(d *Definition) bool { return d.exponential(d.node.Float("alpha", 1), 1, 1) },
	"Celu": func(d *Definition) bool {
		α := d.node.Float("alpha", 1)
		return d.exponential(α, α, 1)
	},
	"Selu": func(d *Definition) bool {
		return d.exponential(d.node.Float("alpha", 1.67326319217681884765625), 1, d.node.Float("gamma", 1.05070102214813232421875))
	},
	"Softplus":    func(d *Definition) bool { return d.become(d.softplus(d.input(0))) },
	"Mish":        func(d *Definition) bool { return d.result("Mul", d.input(0), d.op("Tanh", d.softplus(d.input(0)))) },
	"HardSigmoid": (*Definition).hardSigmoid,
	"Gelu":        (*Definition).geluByTanh,
	"Swish": func(d *Definition) bool {
		return d.result("Mul", d.input(0), d.op("Sigmoid", d.scaled(d.input(0), d.node.Float("alpha", 1))))
	},
	"SwiGLU": func(d *Definition) bool {
		gate := d.op("Sigmoid", d.scaled(d.input(0), d.node.Float("alpha", 1)))
		return d.result("Mul", d.op("Mul", d.input(0), gate), d.input(1))
	},
	"Softsign": func(d *Definition) bool {
		return d.result("Div", d.input(0), d.op("Add", d.op("Abs", d.input(0)), d.number(1)))
	},
	"Sinh": func(d *Definition) bool { return d.hyperbolic("Sub") },
	"Cosh": func(d *Definition) bool { return d.hyperbolic("Add") },
	"Tan":  func(d *Definition) bool { return d.result("Div", d.op("Sin", d.input(0)), d.op("Cos", d.input(0))) },

	"Softmax":    (*Definition).softmax,
	"LogSoftmax": (*Definition).logSoftmax,
	"ReduceLogSum": func(d *Definition) bool {
		axes := d.axes()
		return d.result("Log", d.along("ReduceSum", d.input(0), axes, d.keeps()))
	},
	"ReduceL1": func(d *Definition) bool { return d.reduced("ReduceSum", d.op("Abs", d.input(0))) },
	"ReduceSumSquare": func(d *Definition) bool {
		return d.reduced("ReduceSum", d.op("Mul", d.input(0), d.input(0)))
	},
	"ReduceLogSumExp":       (*Definition).logSumExp,
	"InstanceNormalization": (*Definition).instanceNormalization,

	"Sum":  func(d *Definition) bool { return d.become(d.total()) },
	"Mean": func(d *Definition) bool { return d.result("Mul", d.total(), d.number(1/float64(d.inputs()))) },

	"Pow":     (*Definition).wholePower,
	"Scatter": (*Definition).scatterElements,

	"Identity": func(d *Definition) bool { return d.same(d.input(0)) },
	"Dropout":  func(d *Definition) bool { return d.same(d.input(0)) },
	"Shape":    (*Definition).shape,
}

func (d *Definition) scaled(x string, factor float64) string {
	if factor == 1 {
		return x
	}
	return d.op("Mul", x, d.number(factor))
}

// below returns max(0, −x).
func (d *Definition) below() string { return d.op("Relu", d.op("Neg", d.input(0))) }

// leaky returns max(0, x) − slope·max(0, −x).
func (d *Definition) leaky(slope string) bool {
	return slope != "" && d.result("Sub", d.op("Relu", d.input(0)), d.op("Mul", d.below(), slope))
}

// exponential returns γ·(max(0, x) + α·(exp(min(0, x)/β) − 1)).
func (d *Definition) exponential(α, β, γ float64) bool {
	e := d.op("Exp", d.scaled(d.op("Neg", d.below()), 1/β))
	y := d.op("Add", d.op("Relu", d.input(0)), d.scaled(d.op("Sub", e, d.number(1)), α))
	return d.result("Mul", y, d.number(γ))
}

// softplus returns max(0, x) + log(1 + exp(−|x|)).
func (d *Definition) softplus(x string) string {
	e := d.op("Exp", d.op("Neg", d.op("Abs", x)))
	return d.op("Add", d.op("Relu", x), d.op("Log", d.op("Add", e, d.number(1))))
}

// hardSigmoid returns max(0, min(1, αx + β)).
func (d *Definition) hardSigmoid() bool {
	h := d.op("Add", d.scaled(d.input(0), d.node.Float("alpha", .2)), d.number(d.node.Float("beta", .5)))
	return d.result("Sub", d.op("Relu", h), d.op("Relu", d.op("Sub", h, d.number(1))))
}

// geluByTanh returns ½x·(1 + tanh(√(2/π)·(x + .044715·x³))), which the
// conversion would take for the exact form.
func (d *Definition) geluByTanh() bool {
	if d.node.Word("approximate", "none") != "tanh" {
		return false
	}
	x := d.input(0)
	cube := d.op("Mul", x, d.op("Mul", x, x))
	t := d.op("Tanh", d.scaled(d.op("Add", x, d.scaled(cube, .044715)), math.Sqrt(2/math.Pi)))
	return d.result("Mul", d.scaled(x, .5), d.op("Add", t, d.number(1)))
}

// hyperbolic returns ½(exp(x) ± exp(−x)).
func (d *Definition) hyperbolic(sign string) bool {
	up, down := d.op("Exp", d.input(0)), d.op("Exp", d.op("Neg", d.input(0)))
	return d.result("Mul", d.op(sign, up, down), d.number(.5))
}

// wholePower converts a constant exponent that is an integer to the type of the base.
func (d *Definition) wholePower() bool {
	exponent, ok := d.file.constant[d.input(1)]
	if !ok {
		return false
	}
	if kind, ok := message.Types[int32(exponent.Field("data_type").Int())]; !ok || !kind.IsInt() {
		return false
	}
	return d.result("Pow", d.input(0), d.op("CastLike", d.input(1), d.input(0)))
}

// scatterElements is the new name of Scatter.
func (d *Definition) scatterElements() bool {
	d.add("ScatterElements", d.output(), d.node.Texts("input")).SetInt("axis", d.node.Integer("axis", 0))
	return true
}

// total returns the sum of all inputs.
func (d *Definition) total() string {
	sum := d.input(0)
	for i := 1; i < d.inputs(); i++ {
		sum = d.op("Add", sum, d.input(i))
	}
	return sum
}

// shape expresses a part of the shape as a slice of it. Slices are cut off at
// the end of the shape.
func (d *Definition) shape() bool {
	_, ends := d.node.Attribute("end")
	start, end := d.node.Integer("start", 0), d.node.Integer("end", math.MaxInt32)
	if start == 0 && !ends {
		return false
	}
	return d.result("Slice", d.op("Shape", d.input(0)), d.integers(start), d.integers(end), d.integers(0))
}
