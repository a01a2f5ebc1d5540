package onnx

import (
	"fmt"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
)

// types maps type numbers of the format to data types.
var types = map[int32]dtypes.DType{
	float32Type: dtypes.Float32, 2: dtypes.Uint8, 3: dtypes.Int8, 4: dtypes.Uint16, 5: dtypes.Int16, int32Type: dtypes.Int32, int64Type: dtypes.Int64,
	boolType: dtypes.Bool, 10: dtypes.Float16, float64Type: dtypes.Float64, 12: dtypes.Uint32, 13: dtypes.Uint64, 14: dtypes.Complex64,
	15: dtypes.Complex128, 16: dtypes.BFloat16,
}

// inputs returns the names and shapes of the inputs. Open axes are
// shapes.DynamicDim.
func (f *file) inputs() (names []string, declared map[string]shapes.Shape, err error) {
	declared = map[string]shapes.Shape{}
	for _, v := range f.graph.children("input") {
		name := v.text("name")
		kind, ok := types[int32(v.child("type").child("tensor_type").get("elem_type").Int())]
		if !ok {
			return nil, nil, fmt.Errorf("the input %q is of a type that is not supported, number %d in the format of ONNX", name,
				v.child("type").child("tensor_type").get("elem_type").Int())
		}
		names = append(names, name)
		declared[name] = shapes.Shape{DType: kind, Dimensions: axes(v)}
	}
	return names, declared, nil
}

// axes returns the declared dimensions, nil if there are none.
func axes(v message) (dims []int) {
	for _, d := range v.child("type").child("tensor_type").child("shape").children("dim") {
		n := shapes.DynamicDim
		if d.has("dim_value") {
			n = int(d.get("dim_value").Int())
		}
		dims = append(dims, n)
	}
	return dims
}
