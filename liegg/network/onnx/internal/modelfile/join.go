package modelfile

import (
	"cmp"
	"fmt"
	"strings"

	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/liegg/lab/liegg/network/onnx/internal/message"
	"github.com/liegg/lab/liegg/network/onnx/internal/schema"
)

// Join adds nodes that put tensors [batch, …] into one row, and returns the
// name of that.
func (f *File) Join(names []string) (joined string, err error) {
	const reshapes = 5 // first operator set in which a shape is an input
	if opset, err := schema.OperatorSet(f.Whole); err != nil || opset < reshapes {
		return "", cmp.Or(err, fmt.Errorf("Settings.Outputs needs a file of operator set %d or newer, and this one is of set %d: choose one by Settings.Output", reshapes, opset))
	}
	joined = "joined: " + strings.Join(names, ", ")
	rows := message.Of(f.List("initializer").AppendMutable().Message())
	rows.Put("name", protoreflect.ValueOf(joined+", as rows"))
	rows.Put("data_type", protoreflect.ValueOf(int32(message.Int64Type)))
	rows.Append("dims", protoreflect.ValueOf(int64(2)))
	for _, size := range []int64{0, -1} { // the batch as it is, and all the rest
		rows.Append("int64_data", protoreflect.ValueOf(size))
	}
	add := func(op, output string, inputs ...string) message.Message {
		node := message.Of(f.List("node").AppendMutable().Message())
		node.Put("op_type", protoreflect.ValueOf(op))
		node.Put("name", protoreflect.ValueOf(output))
		node.Append("output", protoreflect.ValueOf(output))
		for _, input := range inputs {
			node.Append("input", protoreflect.ValueOf(input))
		}
		return node
	}
	var flat []string
	for i, name := range names {
		flat = append(flat, fmt.Sprintf("%s, part %d", joined, i+1))
		add("Reshape", flat[i], name, rows.Text("name"))
	}
	add("Concat", joined, flat...).SetInt("axis", 1)
	return joined, nil
}
