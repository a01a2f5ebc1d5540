package schema

import (
	"fmt"
	"slices"
	"strings"

	"github.com/liegg/lab/liegg/network/onnx/internal/message"
)

// Readings lists the operators that the conversion supports, directly or by
// definitions, with the attributes that are read, or refused if they cannot
// be. Other attributes must have their default values.
var Readings = map[string]string{
	"Abs": "", "Add": "", "And": "", "ArgMax": "axis keepdims select_last_index", "ArgMin": "axis keepdims select_last_index",
	"AveragePool":        "auto_pad ceil_mode count_include_pad dilations kernel_shape pads strides",
	"BatchNormalization": "epsilon", "BitwiseAnd": "", "BitwiseNot": "", "BitwiseOr": "", "BitwiseXor": "",
	"Cast": "to", "Ceil": "", "Celu": "alpha", "Clip": "max min", "Concat": "axis", "Constant": "value", "ConstantOfShape": "value",
	"Conv": "auto_pad dilations group kernel_shape pads strides", "Cos": "", "Cosh": "", "CumSum": "exclusive reverse",
	"DequantizeLinear": "axis", "Div": "", "Dropout": "ratio seed", "DynamicQuantizeLinear": "",
	"Einsum": "equation", "Elu": "alpha", "Equal": "", "Erf": "", "Exp": "", "Expand": "", "EyeLike": "dtype k",
	"Flatten": "axis", "Floor": "", "Gather": "axis", "GatherElements": "axis", "GatherND": "batch_dims", "Gelu": "approximate",
	"Gemm": "alpha beta transA transB", "GlobalAveragePool": "", "Greater": "", "GreaterOrEqual": "",
	"HardSigmoid": "alpha beta", "HardSwish": "", "Identity": "", "If": "else_branch then_branch", "InstanceNormalization": "epsilon", "IsNaN": "",
	"LSTM":               "activation_alpha activation_beta activations clip direction hidden_size input_forget layout",
	"LayerNormalization": "axis epsilon stash_type", "LeakyRelu": "alpha", "Less": "", "LessOrEqual": "", "Log": "", "LogSoftmax": "axis",
	"MatMul": "", "MatMulInteger": "", "Max": "", "MaxPool": "auto_pad ceil_mode dilations kernel_shape pads storage_order strides",
	"Mean": "", "Min": "", "Mish": "", "Mod": "fmod", "Mul": "", "Neg": "", "NonZero": "", "Not": "", "Or": "",
	"PRelu": "", "Pad": "mode", "Pow": "", "QLinearMatMul": "", "QuantizeLinear": "axis", "RMSNormalization": "axis epsilon stash_type",
	"Range": "", "Reciprocal": "", "ReduceL1": "axes keepdims noop_with_empty_axes", "ReduceL2": "axes keepdims noop_with_empty_axes",
	"ReduceLogSumExp": "axes keepdims noop_with_empty_axes", "ReduceMax": "axes keepdims noop_with_empty_axes",
	"ReduceMean": "axes keepdims noop_with_empty_axes", "ReduceMin": "axes keepdims noop_with_empty_axes",
	"ReduceProd": "axes keepdims noop_with_empty_axes", "ReduceSum": "axes keepdims noop_with_empty_axes",
	"ReduceSumSquare": "axes keepdims noop_with_empty_axes", "Relu": "", "Reshape": "",
	"Resize":    "antialias axes coordinate_transformation_mode cubic_coeff_a exclude_outside extrapolation_value keep_aspect_ratio_policy mode nearest_mode",
	"ScatterND": "reduction", "Selu": "alpha gamma", "Shape": "end start", "Sigmoid": "", "Sign": "", "Sin": "", "Sinh": "", "Size": "", "Slice": "",
	"Softmax": "axis", "Softplus": "", "Softsign": "", "Split": "axis", "Sqrt": "", "Squeeze": "axes", "Sub": "", "Sum": "", "Swish": "alpha",
	"Tan": "", "Tanh": "", "Tile": "", "TopK": "axis largest sorted", "Transpose": "perm", "Trilu": "upper", "Unsqueeze": "axes",
	"Upsample": "", "Where": "", "Xor": "",
	"Acos": "", "Acosh": "", "Asin": "", "Asinh": "", "Atan": "", "Atanh": "", "ScatterElements": "axis reduction", "OneHot": "axis",
	"ConvTranspose": "auto_pad dilations group kernel_shape output_padding output_shape pads strides",
	"LpPool":        "auto_pad ceil_mode dilations kernel_shape p pads strides", "LRN": "alpha beta bias size", "GlobalMaxPool": "", "GlobalLpPool": "p",
	"GRU": "activation_alpha activation_beta activations clip direction hidden_size layout linear_before_reset",
	"RNN": "activation_alpha activation_beta activations clip direction hidden_size layout", "DepthToSpace": "blocksize mode",
	"SpaceToDepth": "blocksize mode", "Col2Im": "dilations pads strides", "Scatter": "axis", "GridSample": "align_corners mode padding_mode", "AffineGrid": "align_corners", "Det": "", "Round": "",
	"Shrink": "bias lambd", "ThresholdedRelu": "alpha", "CastLike": "saturate round_mode", "CumProd": "exclusive reverse",
	"GroupNormalization": "epsilon num_groups stash_type", "LpNormalization": "axis p", "MeanVarianceNormalization": "axes",
	"Hardmax": "axis", "ReduceLogSum": "axes keepdims noop_with_empty_axes",

	"NegativeLogLikelihoodLoss": "ignore_index reduction", "SoftmaxCrossEntropyLoss": "ignore_index reduction",
	"SwiGLU": "alpha", "RotaryEmbedding": "interleaved num_heads rotary_embedding_dim", "CausalConvWithState": "activation",
	"LinearAttention": "chunk_size kv_num_heads q_num_heads scale update_rule",
	"Scan":            "body num_scan_inputs scan_input_axes scan_input_directions scan_output_axes scan_output_directions", "Loop": "body",

	"DFT": "axis inverse onesided", "STFT": "onesided",
	"Attention": "is_causal kv_num_heads left_window_size q_num_heads qk_matmul_output_mode right_window_size scale softcap softmax_precision",
}

// MadeOutputs is the number of outputs that the conversion makes for
// operators with more than one.
var MadeOutputs = map[string]int{"Attention": 4, "CausalConvWithState": 2, "DynamicQuantizeLinear": 3, "GRU": 2, "If": many, "LSTM": 3, "LayerNormalization": 3, "LinearAttention": 2, "Loop": many, "RNN": 2, "Scan": many, "SoftmaxCrossEntropyLoss": 2,
	"Split": many, "TopK": 2}

// readWords lists the supported values of string attributes. For other
// attributes the conversion itself refuses unsupported values.
var readWords = map[string]string{
	"approximate": "none tanh",
	"auto_pad":    "NOTSET VALID SAME_UPPER SAME_LOWER",
	"mode":        "constant reflect edge wrap nearest linear bilinear cubic bicubic DCR CRD",
	"stash_type":  "1 11", // single or double precision
}

// Unread names an attribute of a node that the conversion does not read and
// that is not the default, or "".
func Unread(node message.Message, s Schema) string {
	read := strings.Fields(Readings[node.Text("op_type")])
	for _, a := range node.Children("attribute") {
		name := a.Text("name")
		if slices.Contains(read, name) {
			if words, ok := readWords[name]; ok && !slices.Contains(strings.Fields(words), a.Value()) {
				return fmt.Sprintf("its attribute %s = %q is unknown", name, a.Value())
			}
			continue
		}
		if want := s.attributes[name]; !want.hasDefault || !a.Says(want.standard) {
			return fmt.Sprintf("its attribute %s = %s is not supported", name, a.Value())
		}
	}
	return ""
}
