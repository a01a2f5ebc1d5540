package message

import "github.com/gomlx/compute/dtypes"

// Type numbers of ONNX's tensors and attributes in the format.
const (
	Float32Type, Int32Type, Int64Type, BoolType, Float64Type = 1, 6, 7, 9, 11

	FloatAttribute, IntAttribute, StringAttribute, TensorAttribute, IntsAttribute = 1, 2, 3, 4, 7
)

// Types maps type numbers of the format to data types.
var Types = map[int32]dtypes.DType{
	Float32Type: dtypes.Float32, 2: dtypes.Uint8, 3: dtypes.Int8, 4: dtypes.Uint16, 5: dtypes.Int16, Int32Type: dtypes.Int32, Int64Type: dtypes.Int64,
	BoolType: dtypes.Bool, 10: dtypes.Float16, Float64Type: dtypes.Float64, 12: dtypes.Uint32, 13: dtypes.Uint64, 14: dtypes.Complex64,
	15: dtypes.Complex128, 16: dtypes.BFloat16,
}
