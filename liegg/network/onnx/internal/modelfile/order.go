package modelfile

import (
	"fmt"

	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/liegg/lab/liegg/network/onnx/internal/message"
)

// names holds the names that a graph defines, and those of the graphs around
// it.
type names struct {
	own    map[string]bool
	around *names
}

func (n *names) has(name string) bool {
	return n != nil && (n.own[name] || n.around.has(name))
}

// checkOrder requires, as the format does, that every node uses only what
// came before it, and that no two nodes make the same tensor.
func checkOrder(g message.Message, around *names) error {
	known := &names{map[string]bool{}, around}
	for _, field := range []protoreflect.Name{"input", "initializer"} {
		seen := map[string]bool{}
		for _, v := range g.Children(field) {
			name := v.Text("name")
			if seen[name] || around.has(name) {
				return fmt.Errorf("two tensors are named %q", name)
			}
			seen[name], known.own[name] = true, true
		}
	}
	for _, node := range g.Children("node") {
		if err := known.add(node); err != nil {
			return err
		}
	}
	for _, v := range g.Children("output") {
		if !known.has(v.Text("name")) {
			return fmt.Errorf("nothing makes the output %q", v.Text("name"))
		}
	}
	return nil
}

func (n *names) add(node message.Message) error {
	for _, input := range node.Texts("input") {
		if input != "" && !n.has(input) {
			return fmt.Errorf("node %q (%s) uses %q before it is made", message.NodeName(node), node.Text("op_type"), input)
		}
	}
	for _, a := range node.Children("attribute") {
		graphs := a.Children("graphs")
		if a.HasField("g") {
			graphs = append(graphs, a.Child("g"))
		}
		for _, g := range graphs {
			if err := checkOrder(g, n); err != nil {
				return err
			}
		}
	}
	outputs := node.Texts("output")
	if len(outputs) == 0 {
		return fmt.Errorf("node %q (%s) has no output", message.NodeName(node), node.Text("op_type"))
	}
	for _, output := range outputs {
		if output != "" && n.has(output) {
			return fmt.Errorf("two nodes make %q", output)
		}
		n.own[output] = true
	}
	delete(n.own, "")
	return nil
}
