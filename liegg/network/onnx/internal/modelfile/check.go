package modelfile

import (
	"fmt"
	"os"

	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/liegg/lab/liegg/network/onnx/internal/message"
)

// check refuses files that would send the conversion into a loop, or make it
// allocate memory for missing data.
func check(model message.Message, folder *os.Root) error {
	if !model.HasField("graph") {
		return fmt.Errorf("%w: it has no graph", message.ErrMalformed)
	}
	g := model.Child("graph")
	err := g.Each("TensorProto", func(t message.Message) error { return checkTensor(t, folder) })
	if err == nil {
		err = checkTypes(g)
	}
	if err == nil {
		err = checkOrder(g, nil)
	}
	if err == nil {
		err = checkGrowth(g)
	}
	if err != nil {
		return fmt.Errorf("%w: %w", message.ErrMalformed, err)
	}
	return nil
}

// checkTensor compares the size that a tensor claims with the data it has.
func checkTensor(t message.Message, folder *os.Root) error {
	n, ok := message.Product(message.Sizes(t))
	if !ok {
		return fmt.Errorf("tensor %q claims the shape %v", t.Text("name"), message.Sizes(t))
	}
	if t.HasField("segment") {
		return fmt.Errorf("tensor %q is a segment of another, which is not supported", t.Text("name"))
	}
	outside := t.Field("external_data").List().Len() > 0
	const external = 1
	if outside != (t.Field("data_location").Enum() == external) {
		return fmt.Errorf("tensor %q does not say whether its data are in the file or outside", t.Text("name"))
	}
	if outside {
		if err := checkExternal(t, n*message.BytesPerNumber(t), folder); err != nil {
			return fmt.Errorf("tensor %q: %w", t.Text("name"), err)
		}
		return nil
	}
	there, claimed := len(t.Field("raw_data").Bytes()), n*message.BytesPerNumber(t)
	for _, field := range []protoreflect.Name{"float_data", "double_data", "int32_data", "int64_data", "uint64_data", "string_data"} {
		if there == 0 {
			there, claimed = t.Field(field).List().Len(), n
		}
	}
	if claimed > there {
		return fmt.Errorf("tensor %q claims %v = %d numbers, but has %d bytes: the file is truncated", t.Text("name"), message.Sizes(t), n, there)
	}
	return nil
}

// checkTypes requires the types and shapes that the conversion relies on.
func checkTypes(g message.Message) error {
	for _, v := range append(g.Children("input"), g.Children("output")...) {
		if !v.Child("type").HasField("tensor_type") {
			return fmt.Errorf("input or output %q is not a tensor", v.Text("name"))
		}
	}
	return nil
}
