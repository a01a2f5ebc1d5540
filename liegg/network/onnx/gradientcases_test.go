package onnx

import (
	"slices"

	"github.com/liegg/lab/liegg/network/onnx/internal/message"
)

// operatorTests draw a configuration of each operator that is let through, and return
// the name of the output, whose first axis is the batch.
var operatorTests = map[string]func(s *sketch) string{
	"Abs": unary("Abs"), "Cos": unary("Cos"), "Cosh": unary("Cosh"), "Erf": unary("Erf"), "Exp": unary("Exp"), "Gelu": gelu,
	"HardSwish": unary("HardSwish"), "Identity": unary("Identity"), "Mish": unary("Mish"), "Neg": unary("Neg"), "Relu": unary("Relu"),
	"Sigmoid": unary("Sigmoid"), "Sin": unary("Sin"), "Sinh": unary("Sinh"), "Softplus": unary("Softplus"), "Softsign": unary("Softsign"),
	"Tanh": unary("Tanh"), "Dropout": unary("Dropout"),
	"Log": ofPositive("Log"), "Sqrt": ofPositive("Sqrt"), "Reciprocal": ofPositive("Reciprocal"),
	"Tan": func(s *sketch) string { return s.op("Tan", nil, s.op("Tanh", nil, s.x(3))) },

	"Celu": tuned("Celu", "alpha"), "Elu": tuned("Elu", "alpha"), "LeakyRelu": tuned("LeakyRelu", "alpha"), "Selu": tuned("Selu", "alpha", "gamma"),
	"HardSigmoid": tuned("HardSigmoid", "alpha", "beta"), "Swish": tuned("Swish", "alpha"),
	"PRelu": func(s *sketch) string { return s.op("PRelu", nil, s.x(2, 3), s.normal(3)) },
	"Clip":  func(s *sketch) string { return s.op("Clip", nil, s.x(4), s.number(-.4), s.number(.7)) },

	"Add": ofTwo("Add"), "Sub": ofTwo("Sub"), "Mul": ofTwo("Mul"), "Max": several("Max"), "Min": several("Min"),
	"Sum": several("Sum"), "Mean": several("Mean"),
	"Div": func(s *sketch) string { return s.op("Div", nil, s.other(s.x(2, 3)), s.positive("x")) },
	"Pow": pow,
	"Where": func(s *sketch) string {
		x := s.x(2, 3)
		return s.op("Where", nil, s.op("Less", nil, x, s.number(.2)), s.op("Sin", nil, x), s.op("Mul", nil, x, s.normal(1, 3)))
	},
	"Less": condition("Less"), "LessOrEqual": condition("LessOrEqual"), "Greater": condition("Greater"), "GreaterOrEqual": condition("GreaterOrEqual"),
	"Equal": condition("Equal"),
	"And":   logical("And"), "Or": logical("Or"), "Xor": logical("Xor"),
	"Not": func(s *sketch) string {
		x := s.x(2, 3)
		return s.op("Where", nil, s.op("Not", nil, s.op("Less", nil, x, s.number(.2))), s.op("Sin", nil, x), x)
	},
	"If": func(s *sketch) string {
		x, known := s.x(2, 3), s.bool(s.IntN(2) == 0)
		return s.op("If", attributes{
			"then_branch": s.branch(func() string { return s.op("Sin", nil, x) }),
			"else_branch": s.branch(func() string { return s.op("Exp", nil, x) }),
		}, known)
	},
	"IsNaN": func(s *sketch) string {
		x := s.x(2, 3)
		return s.op("Where", nil, s.op("IsNaN", nil, x), s.op("Sin", nil, x), s.op("Exp", nil, x))
	},
	"Sign": func(s *sketch) string { x := s.x(2, 3); return s.op("Mul", nil, x, s.op("Sign", nil, x)) },

	"MatMul": matMul,
	"Gemm":   gemm,
	"Einsum": einsum,
	"Conv":   conv,
	"LSTM":   lstm,
	"AveragePool": func(s *sketch) string {
		return s.op("AveragePool", s.window(attributes{"count_include_pad": s.IntN(2)}), s.x(2, 5, 4))
	},
	"MaxPool":           func(s *sketch) string { return s.op("MaxPool", s.window(attributes{}), s.x(2, 5, 4)) },
	"GlobalAveragePool": func(s *sketch) string { return s.op("GlobalAveragePool", nil, s.x(2, 3, 4)) },
	"BatchNormalization": func(s *sketch) string {
		x := s.x(2, 3)
		return s.op("BatchNormalization", attributes{"epsilon": .01}, x, s.normal(2), s.normal(2), s.normal(2), s.floats([]int{2}, .5, 1.5))
	},
	"LayerNormalization": func(s *sketch) string {
		return s.op("LayerNormalization", attributes{"axis": -1, "epsilon": .01}, s.x(3, 4), s.normal(4), s.normal(4))
	},
	"RMSNormalization": func(s *sketch) string {
		return s.op("RMSNormalization", attributes{"epsilon": .01}, s.x(3, 4), s.normal(4))
	},
	"InstanceNormalization": func(s *sketch) string {
		return s.op("InstanceNormalization", attributes{"epsilon": .01}, s.x(2, 3, 2), s.normal(2), s.normal(2))
	},
	"Softmax": alongAxis("Softmax"), "LogSoftmax": alongAxis("LogSoftmax"),

	"ReduceSum": reductionByInput("ReduceSum"), "ReduceMean": reduction("ReduceMean"), "ReduceMax": reduction("ReduceMax"), "ReduceMin": reduction("ReduceMin"),
	"ReduceL1": reduction("ReduceL1"), "ReduceL2": reduction("ReduceL2"), "ReduceSumSquare": reduction("ReduceSumSquare"), "ReduceLogSumExp": reduction("ReduceLogSumExp"),
	"CumSum": func(s *sketch) string {
		return s.op("CumSum", attributes{"reverse": s.IntN(2), "exclusive": s.IntN(2)}, s.x(3, 4), s.index(1+s.IntN(2)))
	},

	"Concat": func(s *sketch) string {
		x := s.x(2, 3)
		return s.op("Concat", attributes{"axis": 1 + s.IntN(2)}, x, s.op("Sin", nil, x), x)
	},
	"Split": func(s *sketch) string {
		parts := s.ops("Split", 2, attributes{"axis": 2}, s.x(2, 5), s.ints(2, 3))
		return s.op("Concat", attributes{"axis": -1}, s.op("Sin", nil, parts[1]), parts[0])
	},
	"Slice": func(s *sketch) string {
		return s.op("Slice", nil, s.x(5, 4), s.ints(s.IntN(2), 1), s.ints(4+s.IntN(2), 1000), s.ints(1, -1), s.ints(1+s.IntN(3), 1+s.IntN(2)))
	},
	"Pad": func(s *sketch) string {
		mode := []string{"constant", "reflect", "edge"}[s.IntN(3)]
		return s.op("Pad", attributes{"mode": mode}, s.x(3, 4), s.ints(0, s.IntN(3), s.IntN(3), 0, s.IntN(3), s.IntN(3)))
	},
	"Reshape":   func(s *sketch) string { return s.op("Reshape", nil, s.x(2, 6), s.ints(0, -1, 3)) },
	"Flatten":   func(s *sketch) string { return s.op("Flatten", nil, s.x(2, 3)) },
	"Squeeze":   func(s *sketch) string { return s.op("Squeeze", nil, s.x(2, 1, 3), s.ints(2)) },
	"Unsqueeze": func(s *sketch) string { return s.op("Unsqueeze", nil, s.x(2, 3), s.ints(1, 3)) },
	"Transpose": func(s *sketch) string {
		perm := s.Perm(3)
		for i := range perm {
			perm[i]++
		}
		return s.op("Transpose", attributes{"perm": slices.Concat([]int{0}, perm)}, s.x(2, 3, 4))
	},
	"Expand": func(s *sketch) string { return s.op("Expand", nil, s.x(1, 3), s.ints(1, 2, 3)) },
	"Tile":   func(s *sketch) string { return s.op("Tile", nil, s.x(2, 3), s.ints(1, 2, 1+s.IntN(3))) },
	"Gather": func(s *sketch) string {
		return s.op("Gather", attributes{"axis": 1 + s.IntN(2)}, s.x(4, 3), s.table([]int{2, 2}, -1, s.IntN(3), s.IntN(3), s.IntN(3)))
	},
	"GatherElements": func(s *sketch) string {
		x := s.x(3, 2)
		batch := s.op("Slice", nil, s.op("Shape", nil, x), s.ints(0), s.ints(1))
		dims := s.op("Concat", attributes{"axis": 0}, batch, s.ints(2, 2))
		at := s.op("Expand", nil, s.table([]int{1, 2, 2}, s.several(4, 3)...), dims)
		return s.op("GatherElements", attributes{"axis": 1}, x, at)
	},
	"GatherND": func(s *sketch) string {
		rows := s.op("GatherND", nil, s.batchSecond(s.x(3, 2)), s.table([]int{4, 1}, s.several(4, 3)...))
		return s.batchSecond(rows)
	},
	"ScatterND": func(s *sketch) string {
		x := s.batchSecond(s.x(3, 2))
		rows := s.op("Sin", nil, s.op("Slice", nil, x, s.ints(0), s.ints(2), s.ints(0)))
		at := s.Perm(3)[:2]
		return s.batchSecond(s.op("ScatterND", attributes{"reduction": []string{"none", "add", "max"}[s.IntN(3)]}, x, s.table([]int{2, 1}, at...), rows))
	},
	"Trilu": func(s *sketch) string {
		return s.op("Trilu", attributes{"upper": s.IntN(2)}, s.x(3, 4), s.index(s.IntN(3)-1))
	},
	"Resize": func(s *sketch) string {
		x := s.x(2, 3, 4)
		if s.IntN(2) == 0 {
			return s.op("Resize", attributes{"mode": "nearest", "coordinate_transformation_mode": "asymmetric", "nearest_mode": "floor"}, x, "", s.scales(2, 2))
		}
		return s.op("Resize", attributes{"mode": "linear", "coordinate_transformation_mode": "half_pixel"}, x, "", s.scales(2, 1.5))
	},
	"Shape": func(s *sketch) string { x := s.x(2, 3); return s.op("Mul", nil, x, s.double(s.op("Shape", nil, x))) },
	"Size":  func(s *sketch) string { x := s.x(2, 3); return s.op("Mul", nil, x, s.double(s.op("Size", nil, x))) },
	"ConstantOfShape": func(s *sketch) string {
		x := s.x(2, 3)
		return s.op("Add", nil, x, s.double(s.op("ConstantOfShape", nil, s.ints(2, 3))))
	},
	"Constant": func(s *sketch) string { return s.op("Mul", nil, s.x(3), s.normal(3)) },
	"Range": func(s *sketch) string {
		return s.op("Mul", nil, s.x(2, 3), s.double(s.op("Range", nil, s.index(1), s.index(4), s.index(1))))
	},
	"Cast": func(s *sketch) string {
		return s.op("Mul", nil, s.x(3), s.op("Cast", attributes{"to": message.Float64Type}, s.op("Less", nil, "x", s.number(.2))))
	},
}
