package modelfile

import (
	"fmt"

	"github.com/gomlx/compute/shapes"
	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/liegg/lab/liegg/network/onnx/internal/message"
)

// Inputs returns the names and shapes of the inputs. Open axes are
// shapes.DynamicDim.
func (f *File) Inputs() (names []string, declared map[string]shapes.Shape, err error) {
	declared = map[string]shapes.Shape{}
	for _, v := range f.Graph.Children("input") {
		name := v.Text("name")
		kind, ok := message.Types[int32(v.Child("type").Child("tensor_type").Field("elem_type").Int())]
		if !ok {
			return nil, nil, fmt.Errorf("the input %q is of a type that is not supported, number %d in the format of ONNX", name,
				v.Child("type").Child("tensor_type").Field("elem_type").Int())
		}
		names = append(names, name)
		declared[name] = shapes.Shape{DType: kind, Dimensions: axes(v)}
	}
	return names, declared, nil
}

// axes returns the declared dimensions, nil if there are none.
func axes(v message.Message) (dims []int) {
	for _, d := range v.Child("type").Child("tensor_type").Child("shape").Children("dim") {
		n := shapes.DynamicDim
		if d.HasField("dim_value") {
			n = int(d.Field("dim_value").Int())
		}
		dims = append(dims, n)
	}
	return dims
}

// Weights returns the names of the file's float tensors, which become
// variables.
func (f *File) Weights() map[string]bool {
	names := map[string]bool{}
	for _, t := range f.Graph.Children("initializer") {
		if kind, ok := message.Types[int32(t.Field("data_type").Int())]; ok && kind.IsFloat() {
			names[t.Text("name")] = true
		}
	}
	return names
}

// Outputs returns the names of the outputs, and their declared dimensions, -1
// for open ones.
func (f *File) Outputs() (names []string, declared map[string][]int) {
	declared = map[string][]int{}
	for _, v := range f.Graph.Children("output") {
		name := v.Text("name")
		names, declared[name] = append(names, name), axes(v)
	}
	return names, declared
}

// Tensors returns the names of everything that nodes make.
func (f *File) Tensors() map[string]bool {
	known := map[string]bool{}
	for _, node := range f.Graph.Children("node") {
		for _, output := range node.Texts("output") {
			known[output] = output != ""
		}
	}
	for _, v := range f.Graph.Children("output") {
		known[v.Text("name")] = true
	}
	return known
}

// DeclaredShapes returns the shapes that the file declares.
func (f *File) DeclaredShapes() map[string]shapes.Shape {
	known := map[string]shapes.Shape{}
	for _, field := range []protoreflect.Name{"value_info", "output"} {
		for _, v := range f.Graph.Children(field) {
			t := v.Child("type").Child("tensor_type")
			if kind, ok := message.Types[int32(t.Field("elem_type").Int())]; ok && t.HasField("shape") {
				known[v.Text("name")] = shapes.Shape{DType: kind, Dimensions: axes(v)}
			}
		}
	}
	return known
}
