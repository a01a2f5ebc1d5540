package message

import "slices"

// Follow visits the nodes that depend on the numbers of some tensors,
// including nodes of inner graphs, and adds their outputs to these tensors.
func Follow(nodes []Message, depends map[string]bool, visit func(node Message) error) error {
	for _, node := range nodes {
		op := node.Text("op_type")
		if op == "Shape" || op == "Size" || !uses(node, depends) { // shapes do not depend on the numbers
			continue
		}
		for _, output := range node.Texts("output") {
			depends[output] = true
		}
		if err := visit(node); err != nil {
			return err
		}
		for _, a := range node.Children("attribute") {
			if err := Follow(a.Child("g").Children("node"), depends, visit); err != nil {
				return err
			}
		}
	}
	return nil
}

// uses reports whether a node, or one of an inner graph, takes one of the
// tensors.
func uses(node Message, tensors map[string]bool) (found bool) {
	node.Each("NodeProto", func(n Message) error {
		found = found || DependsOn(n.Texts("input"), tensors)
		return nil
	})
	return found
}

// DependsOn reports whether one of some names is among the tensors.
func DependsOn(names []string, tensors map[string]bool) bool {
	return slices.ContainsFunc(names, func(name string) bool { return tensors[name] })
}

// NameSet returns a set of names.
func NameSet(words ...string) map[string]bool {
	s := map[string]bool{}
	for _, w := range words {
		s[w] = true
	}
	return s
}
