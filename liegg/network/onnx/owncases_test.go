package onnx

import (
	"strings"

	"github.com/liegg/lab/liegg/network/onnx/internal/message"
	"github.com/liegg/lab/liegg/network/onnx/internal/messagetest"
)

// Configurations of operators that are built here, beyond those that PyTorch's
// exports of common layers have.
func init() {
	for name, draw := range map[string]func(s *sketch) string{
		"Atan": unary("Atan"), "Asinh": unary("Asinh"), "Asin": between("Asin"), "Acos": between("Acos"), "Atanh": between("Atanh"),
		"Acosh": func(s *sketch) string {
			return s.op("Acosh", nil, s.op("Add", nil, s.positive(s.x(2, 3)), s.number(1)))
		},
		"Floor": timesItself("Floor"), "Ceil": timesItself("Ceil"), "Round": timesItself("Round"),
		"Mod": func(s *sketch) string {
			return s.op("Mod", attributes{"fmod": 1}, s.x(2, 3), s.positive(s.op("Sin", nil, "x")))
		},
		"ArgMax": extremeIndex("ArgMax"), "ArgMin": extremeIndex("ArgMin"),
		"TopK": func(s *sketch) string {
			parts := s.ops("TopK", 2, attributes{"axis": 1 + s.IntN(2), "largest": s.IntN(2)}, s.x(4, 5), s.ints(1+s.IntN(4)))
			return s.op("Mul", nil, parts[0], s.op("Cast", attributes{"to": message.Float64Type}, parts[1]))
		},
		"Attention": attentionCase,
		"Einsum":    sums, "Slice": cuts, "Pad": pads, "Conv": anyConvolution, "ConvTranspose": transposed,
		"MaxPool": func(s *sketch) string { return s.op("MaxPool", s.wide(attributes{}), s.x(2, 8, 7)) },
		"AveragePool": func(s *sketch) string {
			return s.op("AveragePool", s.wide(attributes{"count_include_pad": s.IntN(2)}), s.x(2, 8, 7))
		},
		"LpPool":        func(s *sketch) string { return s.op("LpPool", s.wide(attributes{"p": 1 + s.IntN(3)}), s.x(2, 8, 7)) },
		"GlobalMaxPool": func(s *sketch) string { return s.op("GlobalMaxPool", nil, s.x(2, 3, 4)) },
		"GlobalLpPool":  func(s *sketch) string { return s.op("GlobalLpPool", attributes{"p": 1 + s.IntN(3)}, s.x(2, 3, 4)) },
		"LRN": func(s *sketch) string {
			return s.op("LRN", attributes{"size": 1 + s.IntN(4), "alpha": s.Float64(), "beta": s.Float64() + .2, "bias": 1.5}, s.x(5, 3))
		},
		"ScatterElements": scatterCase, "OneHot": oneHotCase,
		"ScatterND": scatterRows, "GatherND": gatherRows,
		"Resize": resizeCase, "GridSample": gridCase, "AffineGrid": affineCase,
		"DepthToSpace": func(s *sketch) string {
			return s.op("DepthToSpace", attributes{"blocksize": 2, "mode": []string{"DCR", "CRD"}[s.IntN(2)]}, s.x(8, 2, 3))
		},
		"SpaceToDepth": func(s *sketch) string {
			return s.op("SpaceToDepth", attributes{"blocksize": 2, "mode": []string{"DCR", "CRD"}[s.IntN(2)]}, s.x(2, 4, 6))
		},
		"Pow": func(s *sketch) string { return s.op("Pow", nil, s.x(2, 3), s.index(1+s.IntN(3))) },
		"Scatter": func(s *sketch) string {
			messagetest.Set(s.model.Children("opset_import")[0], "version", int64(10)) // the last with this name
			x := s.x(4)
			batch := s.op("Slice", nil, s.op("Shape", nil, x), s.ints(0), s.ints(1))
			at := s.op("Expand", nil, s.table([]int{1, 2}, 3, 1), s.op("Concat", attributes{"axis": 0}, batch, s.ints(2)))
			return s.op("Scatter", attributes{"axis": 1}, x, at, s.op("Slice", nil, s.op("Sin", nil, x), s.ints(1), s.ints(3), s.ints(1)))
		},
		"Col2Im":     foldCase,
		"ReduceProd": reduction("ReduceProd"),
		"Det": func(s *sketch) string {
			n := 1 + s.IntN(6)
			return s.op("Det", nil, s.x(2, n, n))
		},
		"Shrink":          func(s *sketch) string { return s.op("Shrink", attributes{"lambd": .4, "bias": .3}, s.x(2, 3)) },
		"ThresholdedRelu": tuned("ThresholdedRelu", "alpha"),
		"CastLike":        func(s *sketch) string { return s.op("CastLike", nil, s.x(3), s.number(1)) },
		"CumProd": func(s *sketch) string {
			return s.op("CumProd", attributes{"reverse": s.IntN(2), "exclusive": s.IntN(2)}, s.x(3, 5), s.index(1+s.IntN(2)))
		},
		"Hardmax": func(s *sketch) string {
			return s.op("Mul", nil, s.x(2, 3), s.op("Hardmax", attributes{"axis": -1 - s.IntN(2)}, "x"))
		},
		"Split": func(s *sketch) string {
			parts := s.ops("Split", 3, attributes{"axis": 2}, s.x(2, 5))
			return s.op("Concat", attributes{"axis": -1}, s.op("Sin", nil, parts[2]), parts[0])
		},
		"RotaryEmbedding": func(s *sketch) string {
			angles := s.normal(7, 2)
			batch := s.op("Slice", nil, s.op("Shape", nil, s.x(3, 10)), s.ints(0), s.ints(1))
			places := s.op("Expand", nil, s.table([]int{1, 3}, s.several(3, 7)...), s.op("Concat", attributes{"axis": 0}, batch, s.ints(3)))
			a := attributes{"num_heads": 2, "rotary_embedding_dim": 4, "interleaved": s.IntN(2)}
			return s.op("RotaryEmbedding", a, "x", s.op("Cos", nil, angles), s.op("Sin", nil, angles), places)
		},
		"SwiGLU": func(s *sketch) string {
			return s.op("SwiGLU", attributes{"alpha": s.Float64() + .2}, s.x(2, 3), s.op("Sin", nil, "x"))
		},
		"LinearAttention": linearAttentionCase,
		"CausalConvWithState": func(s *sketch) string {
			outputs := s.ops("CausalConvWithState", 2, attributes{"activation": []string{"none", "silu"}[s.IntN(2)]}, s.x(2, 4), s.normal(2, 1, 3), s.normal(2))
			return s.op("Concat", attributes{"axis": 2}, outputs[0], s.op("Sin", nil, outputs[1]))
		},
		"NegativeLogLikelihoodLoss": func(s *sketch) string {
			return s.loss("NegativeLogLikelihoodLoss", 1, s.op("Sin", nil, s.x(4, 3)))[0]
		},
		"SoftmaxCrossEntropyLoss": func(s *sketch) string {
			outputs := s.loss("SoftmaxCrossEntropyLoss", 2, s.x(4, 3))
			return s.op("Add", nil, s.op("Unsqueeze", nil, outputs[0], s.ints(1)), outputs[1])
		},
		"LayerNormalization": func(s *sketch) string {
			parts := s.ops("LayerNormalization", 3, attributes{"axis": 2}, s.x(2, 3, 4), s.normal(3, 4), s.normal(3, 4))
			return s.op("Mul", nil, s.op("Add", nil, parts[0], parts[1]), parts[2])
		},
		"RMSNormalization": func(s *sketch) string {
			return s.op("RMSNormalization", attributes{"axis": 2, "epsilon": .01}, s.x(2, 3, 4), s.normal(3, 4))
		},
		"GroupNormalization": func(s *sketch) string {
			return s.op("GroupNormalization", attributes{"num_groups": 2, "epsilon": .01}, s.x(4, 3), s.normal(4), s.normal(4))
		},
		"LpNormalization": func(s *sketch) string {
			return s.op("LpNormalization", attributes{"p": 1 + s.IntN(2), "axis": 1 + s.IntN(2)}, s.x(3, 4))
		},
		"MeanVarianceNormalization": func(s *sketch) string {
			return s.op("MeanVarianceNormalization", attributes{"axes": []int{2, 3}}, s.x(2, 3, 4))
		},
		"ReduceLogSum": func(s *sketch) string {
			return s.op("ReduceLogSum", attributes{"axes": s.axes(), "keepdims": s.IntN(2)}, s.op("Exp", nil, s.x(2, 3, 2)))
		},
		"GRU": recurrentCase("GRU", 3), "RNN": recurrentCase("RNN", 1), "LSTM": recurrentCase("LSTM", 4),
		"DFT": dftCase, "STFT": func(s *sketch) string {
			return s.op("STFT", attributes{"onesided": s.IntN(2)}, s.x(9, 1), s.index(1+s.IntN(3)), s.normal(4), s.index(4))
		},
	} {
		operatorTests[name] = either(operatorTests[name], draw)
	}
	for name, opset := range map[string]int{"ScatterElements": 18, "GridSample": 20, "AffineGrid": 20, "DFT": 20, "Resize": 19, "LpPool": 18, "AveragePool": 19, "Pad": 19, "CastLike": 19, "CumProd": 26, "GroupNormalization": 21, "Split": 18, "LpNormalization": 22, "Col2Im": 18, "SpaceToDepth": 28} {
		since[name] = opset
	}
}

// foldCase adds up blocks of an image of 5×4 pixels with two channels.
func foldCase(s *sketch) string {
	stride, pad := 1+s.IntN(2), s.IntN(2)
	a := attributes{"strides": []int{stride, 1}, "dilations": []int{1, 2}, "pads": []int{pad, 0, 0, 0}}
	blocks := ((5+pad-2)/stride + 1) * 2
	return s.op("Col2Im", a, s.x(2*2*2, blocks), s.ints(5, 4), s.ints(2, 2))
}

// either draws from one of two tests, or from the only one that there is.
func either(a, b func(s *sketch) string) func(s *sketch) string {
	if a == nil {
		return b
	}
	return func(s *sketch) string {
		if s.IntN(3) == 0 {
			return a(s)
		}
		return b(s)
	}
}

// between takes numbers between −1 and 1.
func between(op string) func(s *sketch) string {
	return func(s *sketch) string { return s.op(op, nil, s.op("Sin", nil, s.x(2, 3))) }
}

// timesItself has a derivative although op has none.
func timesItself(op string) func(s *sketch) string {
	return func(s *sketch) string { x := s.x(2, 3); return s.op("Mul", nil, x, s.op(op, nil, x)) }
}

func extremeIndex(op string) func(s *sketch) string {
	return func(s *sketch) string {
		x := s.x(3, 4)
		at := s.op(op, attributes{"axis": 1 + s.IntN(2), "keepdims": 1, "select_last_index": s.IntN(2)}, x)
		return s.op("Mul", nil, x, s.op("Cast", attributes{"to": message.Float64Type}, at))
	}
}

// sums are einsums of one, two and three inputs, with letters that repeat.
func sums(s *sketch) string {
	x := s.x(3, 3)
	y := s.op("Sin", nil, x)
	switch s.IntN(7) {
	case 0:
		return s.op("Einsum", attributes{"equation": "bii->b"}, x)
	case 1:
		return s.op("Einsum", attributes{"equation": "b i i -> b i"}, x)
	case 2:
		return s.op("Einsum", attributes{"equation": "bij->bj"}, x)
	case 3:
		return s.op("Einsum", attributes{"equation": "bi j, b j k, kil -> bl"}, x, y, s.normal(3, 3, 2))
	case 4:
		return s.op("Einsum", attributes{"equation": "...ij,...jk,ki"}, x, y, s.normal(3, 3))
	case 5:
		return s.op("Einsum", attributes{"equation": "bij,bkj->bikj"}, x, y)
	default:
		return s.op("Einsum", attributes{"equation": "bij,b...j->...bi"}, x, s.op("Einsum", attributes{"equation": "bij->bj"}, y))
	}
}

// cuts run forwards and backwards, with bounds beyond the edge.
func cuts(s *sketch) string {
	starts, ends, steps := []int{4, -1}, []int{s.IntN(2), -1000}, []int{-1 - s.IntN(3), -1 - s.IntN(2)}
	if s.IntN(2) == 0 {
		starts[1], ends[1], steps[1] = s.IntN(3)-4, 1000, 1
	}
	return s.op("Slice", nil, s.x(5, 4), s.ints(starts...), s.ints(ends...), s.ints(1, -1), s.ints(steps...))
}

// pads are of every kind, of some axes, and may crop.
func pads(s *sketch) string {
	mode := []string{"constant", "reflect", "edge", "wrap"}[s.IntN(4)]
	return s.op("Pad", attributes{"mode": mode}, s.x(4, 5), s.ints(s.IntN(4)-1, s.IntN(4), s.IntN(4), s.IntN(4)-1), s.number(.7), s.ints(-1, 1))
}

// anyConvolution has strides and dilations at once, in groups, of one to three axes.
func anyConvolution(s *sketch) string {
	n := 1 + s.IntN(3)
	a, shape := attributes{"group": 1 + s.IntN(2)}, []int{2}
	kernel := []int{4, 2 / a["group"].(int)}
	strides, dilations := make([]int, n), make([]int, n)
	for i := range n {
		shape, kernel = append(shape, 5+s.IntN(2)), append(kernel, 1+s.IntN(2))
		strides[i], dilations[i] = 1+s.IntN(3), 1+s.IntN(2)
	}
	a["strides"], a["dilations"] = strides, dilations
	if s.IntN(2) == 0 {
		a["pads"] = s.several(2*n, 3)
	} else {
		a["auto_pad"] = []string{"SAME_UPPER", "SAME_LOWER", "VALID"}[s.IntN(3)]
	}
	return s.op("Conv", a, s.x(shape...), s.normal(kernel...))
}

func transposed(s *sketch) string {
	a := attributes{"group": 1 + s.IntN(2), "strides": []int{1 + s.IntN(3), 2}, "dilations": []int{1 + s.IntN(2), 1}}
	switch s.IntN(3) {
	case 0:
		a["pads"], a["output_padding"] = s.several(4, 3), []int{0, 1}
	case 1:
		a["auto_pad"] = []string{"SAME_UPPER", "SAME_LOWER"}[s.IntN(2)]
	default:
		a["output_shape"] = []int{8, 9}
	}
	return s.op("ConvTranspose", a, s.x(4, 3, 4), s.normal(4, 2, 2, 3), s.normal(2*a["group"].(int)))
}

// wide adds the shape of a pool with dilations and ceil_mode.
func (s *sketch) wide(a attributes) attributes {
	a["kernel_shape"], a["strides"] = []int{1 + s.IntN(3), 2}, []int{1 + s.IntN(3), 1 + s.IntN(3)}
	a["dilations"], a["ceil_mode"] = []int{1 + s.IntN(2), 1 + s.IntN(2)}, s.IntN(2)
	a["pads"] = []int{0, s.IntN(2), 0, s.IntN(2)}
	return a
}

// scatterCase scatters along one axis of each sample. If updates are combined, some places are
// repeated.
func scatterCase(s *sketch) string {
	x := s.x(4, 2)
	batch := s.op("Slice", nil, s.op("Shape", nil, x), s.ints(0), s.ints(1))
	dims := s.op("Concat", attributes{"axis": 0}, batch, s.ints(3, 2))
	reduction := []string{"none", "add", "max", "min"}[s.IntN(4)]
	places := s.several(6, 4)
	if reduction == "none" {
		for column := range 2 {
			for row, p := range s.Perm(4)[:3] {
				places[2*row+column] = p
			}
		}
	}
	at := s.table([]int{1, 3, 2}, places...)
	updates := s.op("Sin", nil, s.op("Slice", nil, x, s.ints(0), s.ints(3), s.ints(1)))
	return s.op("ScatterElements", attributes{"axis": 1, "reduction": reduction}, x, s.op("Expand", nil, at, dims), updates)
}

// scatterRows counts one place from the end.
func scatterRows(s *sketch) string {
	x := s.batchSecond(s.x(3, 2))
	rows := s.op("Sin", nil, s.op("Slice", nil, x, s.ints(0), s.ints(3), s.ints(0)))
	return s.batchSecond(s.op("ScatterND", nil, x, s.table([]int{3, 1}, 1, -1, 0), rows))
}

func gatherRows(s *sketch) string {
	x := s.x(3, 2)
	batch := s.op("Slice", nil, s.op("Shape", nil, x), s.ints(0), s.ints(1))
	dims := s.op("Concat", attributes{"axis": 0}, batch, s.ints(2, 1))
	at := s.op("Expand", nil, s.table([]int{1, 2, 1}, s.IntN(3), -1), dims)
	return s.op("GatherND", attributes{"batch_dims": 1}, x, at)
}

func oneHotCase(s *sketch) string {
	x := s.x(3)
	at := s.op("ArgMax", attributes{"axis": 1, "keepdims": 0}, x)
	return s.op("Mul", nil, x, s.op("OneHot", attributes{"axis": -1}, at, s.index(3), s.floats([]int{2}, .5, 2)))
}

func resizeCase(s *sketch) string {
	a := attributes{
		"mode":                           []string{"nearest", "linear", "cubic"}[s.IntN(3)],
		"coordinate_transformation_mode": []string{"half_pixel", "pytorch_half_pixel", "align_corners", "asymmetric", "half_pixel_symmetric"}[s.IntN(5)],
	}
	if a["mode"] != "nearest" {
		a["antialias"] = s.IntN(2)
	}
	x := s.x(2, 4, 5)
	if s.IntN(2) == 0 {
		a["axes"] = []int{3, -2}
		return s.op("Resize", a, x, "", "", s.ints(2+s.IntN(6), 2+s.IntN(6)))
	}
	return s.op("Resize", a, x, "", s.scales(float32(.5+2*s.Float64()), 1.6))
}

// gridCase samples at points that depend on the input, some of them outside.
func gridCase(s *sketch) string {
	x := s.x(2, 4, 6)
	a := attributes{
		"mode":          []string{"nearest", "linear", "cubic"}[s.IntN(3)],
		"padding_mode":  []string{"zeros", "border", "reflection"}[s.IntN(3)],
		"align_corners": s.IntN(2),
	}
	points := s.op("Reshape", nil, s.op("Tanh", nil, s.op("Slice", nil, x, s.ints(0), s.ints(1), s.ints(1))), s.ints(0, 3, 4, 2))
	return s.op("GridSample", a, x, s.op("Mul", nil, points, s.number(1.3)))
}

func affineCase(s *sketch) string {
	x := s.x(2, 3)
	batch := s.op("Slice", nil, s.op("Shape", nil, x), s.ints(0), s.ints(1))
	size := s.op("Concat", attributes{"axis": 0}, batch, s.ints(1, 3, 2))
	return s.op("AffineGrid", attributes{"align_corners": s.IntN(2)}, x, size)
}

// recurrentCase takes the batch as its second axis, with states to start from.
func recurrentCase(op string, gates int) func(s *sketch) string {
	return func(s *sketch) string {
		directions, word := 1, []string{"forward", "reverse", "bidirectional"}[s.IntN(3)]
		if word == "bidirectional" {
			directions = 2
		}
		a := attributes{"hidden_size": 2, "direction": word}
		if op == "GRU" {
			a["linear_before_reset"] = s.IntN(2)
		}
		x := s.batchSecond(s.x(3, 2))
		first := s.op("Slice", nil, x, s.ints(0), s.ints(directions), s.ints(0))
		inputs := []string{x, s.normal(directions, gates*2, 2), s.normal(directions, gates*2, 2), s.normal(directions, gates*4), "", first}
		if op == "LSTM" {
			inputs = append(inputs, s.op("Sin", nil, first), s.normal(directions, 6))
		}
		outputs := s.ops(op, map[string]int{"RNN": 1, "GRU": 2, "LSTM": 3}[op], a, inputs...)
		y := s.op("Transpose", attributes{"perm": []int{2, 0, 1, 3}}, outputs[0])
		if op != "LSTM" {
			return y
		}
		cells := s.op("Transpose", attributes{"perm": []int{1, 0, 2}}, outputs[2])
		return s.op("Add", nil, y, s.op("Unsqueeze", nil, cells, s.ints(1)))
	}
}

func dftCase(s *sketch) string {
	switch s.IntN(3) {
	case 0:
		return s.op("DFT", attributes{"onesided": 1}, s.x(5, 1), s.index(3+s.IntN(5)), s.index(1))
	case 1:
		return s.op("DFT", attributes{"inverse": s.IntN(2)}, s.x(3, 4, 2), "", s.index(-2-s.IntN(2)))
	default:
		return s.op("DFT", attributes{"onesided": 1, "inverse": 1}, s.x(4, 2), s.index(6+s.IntN(2)), s.index(1))
	}
}

// attentionCase has four heads of queries and two of keys and values, with a mask
// of either type.
func attentionCase(s *sketch) string {
	x := s.x(5, 8)
	k, v := s.op("MatMul", nil, x, s.normal(8, 4)), s.op("MatMul", nil, x, s.normal(8, 6))
	mask := s.normal(5, 5)
	if s.IntN(2) == 0 {
		mask = s.op("Less", nil, mask, s.number(.3))
	}
	a := attributes{"q_num_heads": 4, "kv_num_heads": 2, "is_causal": s.IntN(2), "softcap": float64(s.IntN(2)), "left_window_size": s.IntN(4) - 1}
	return s.op("Attention", a, x, k, v, mask)
}

// loss is a loss of single places, of labels that do not hang on x.
func (s *sketch) loss(op string, outputs int, x string) []string {
	batch := s.op("Slice", nil, s.op("Shape", nil, x), s.ints(0), s.ints(1))
	labels := s.op("Expand", nil, s.table([]int{1, 3}, s.several(3, 4)...), s.op("Concat", attributes{"axis": 0}, batch, s.ints(3)))
	a := attributes{"reduction": "none"}
	if s.IntN(2) == 0 {
		a["ignore_index"] = s.IntN(4)
	}
	return s.ops(op, outputs, a, x, labels, s.positive(s.normal(4)))
}

// linearAttentionCase has four heads of queries that read two states.
func linearAttentionCase(s *sketch) string {
	x := s.x(3, 4)
	of := func(size int) string { return s.op("MatMul", nil, x, s.normal(4, size)) }
	rule := []string{"linear", "gated", "delta", "gated_delta"}[s.IntN(4)]
	inputs := []string{of(8), of(4), of(6), "", "", ""}
	if strings.HasPrefix(rule, "gated") {
		inputs[4] = of([]int{2, 4}[s.IntN(2)])
	}
	if strings.HasSuffix(rule, "delta") {
		inputs[5] = of([]int{1, 2}[s.IntN(2)])
	}
	outputs := s.ops("LinearAttention", 2, attributes{"q_num_heads": 4, "kv_num_heads": 2, "update_rule": rule}, inputs...)
	state := s.op("ReduceSum", attributes{"keepdims": 0}, outputs[1], s.ints(1, 2))
	return s.op("Concat", attributes{"axis": -1}, s.op("ReduceSum", attributes{"keepdims": 0}, outputs[0], s.ints(1)), state)
}
