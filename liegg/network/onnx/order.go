package onnx

import (
	"fmt"

	"google.golang.org/protobuf/reflect/protoreflect"
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
func checkOrder(g message, around *names) error {
	known := &names{map[string]bool{}, around}
	for _, field := range []protoreflect.Name{"input", "initializer"} {
		seen := map[string]bool{}
		for _, v := range g.children(field) {
			name := v.text("name")
			if seen[name] || around.has(name) {
				return fmt.Errorf("two tensors are named %q", name)
			}
			seen[name], known.own[name] = true, true
		}
	}
	for _, node := range g.children("node") {
		if err := known.add(node); err != nil {
			return err
		}
	}
	for _, v := range g.children("output") {
		if !known.has(v.text("name")) {
			return fmt.Errorf("nothing makes the output %q", v.text("name"))
		}
	}
	return nil
}

func (n *names) add(node message) error {
	for _, input := range node.texts("input") {
		if input != "" && !n.has(input) {
			return fmt.Errorf("node %q (%s) uses %q before it is made", nodeName(node), node.text("op_type"), input)
		}
	}
	for _, a := range node.children("attribute") {
		graphs := a.children("graphs")
		if a.has("g") {
			graphs = append(graphs, a.child("g"))
		}
		for _, g := range graphs {
			if err := checkOrder(g, n); err != nil {
				return err
			}
		}
	}
	outputs := node.texts("output")
	if len(outputs) == 0 {
		return fmt.Errorf("node %q (%s) has no output", nodeName(node), node.text("op_type"))
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

// nodeName returns the name of a node, or of its output.
func nodeName(node message) string {
	if name := node.text("name"); name != "" {
		return name
	}
	for _, output := range node.texts("output") {
		return output
	}
	return "?"
}
