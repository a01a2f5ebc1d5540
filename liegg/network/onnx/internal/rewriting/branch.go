package rewriting

import (
	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/liegg/lab/liegg/network/onnx/internal/message"
)

// Inlined returns the nodes of a branch, with their results under the names
// of the If's outputs.
func Inlined(node, branch message.Message) (nodes []message.Message) {
	rename := map[string]string{}
	var copies []message.Message
	outputs := node.Texts("output")
	made := map[string]bool{}
	for _, inner := range branch.Children("node") {
		for _, name := range inner.Texts("output") {
			made[name] = true
		}
	}
	for i, v := range branch.Children("output") {
		name := v.Text("name")
		if i >= len(outputs) || outputs[i] == "" {
			continue
		}
		if _, twice := rename[name]; made[name] && !twice {
			rename[name] = outputs[i]
			continue
		}
		// A tensor from outside of the branch, or one that was renamed before.
		d := &Definition{node: message.Of(node.New())}
		d.node.Append("output", protoreflect.ValueOf(outputs[i]))
		d.node.Put("op_type", protoreflect.ValueOf("If"))
		if other, ok := rename[name]; ok {
			name = other
		}
		d.same(name)
		copies = append(copies, d.nodes...)
	}
	nodes = initialised(node, branch)
	for _, inner := range branch.Children("node") {
		message.Rename(inner, rename)
		nodes = append(nodes, inner)
	}
	return append(nodes, copies...)
}

// initialised returns constants in the place of a graph's initialisers.
func initialised(node, graph message.Message) (constants []message.Message) {
	for _, t := range graph.Children("initializer") {
		d := &Definition{node: message.Of(node.New())}
		d.node.Append("output", protoreflect.ValueOf(t.Text("name")))
		constant := d.add("Constant", t.Text("name"), nil)
		a := constant.AddAttribute("value", message.TensorAttribute)
		a.Put("t", protoreflect.ValueOfMessage(t.Message))
		constants = append(constants, constant)
	}
	return constants
}
