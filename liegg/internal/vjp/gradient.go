package vjp

import (
	"fmt"

	. "github.com/gomlx/gomlx/core/graph"
)

// Gradients is GoMLX's Gradient of a scalar y with respect to each of xs. It
// panics if y depends on an If or a While that was built after one of xs:
// their closures may capture x, and GoMLX silently drops the gradient through
// them.
func Gradients(y *Node, xs ...*Node) []*Node {
	first := xs[0].Id()
	for _, x := range xs {
		first = min(first, x.Id())
	}
	seen := map[*Node]bool{}
	var visit func(node *Node)
	visit = func(node *Node) {
		if seen[node] || node.Id() <= first || node.StopGradient() {
			return
		}
		seen[node] = true
		if name, ok := closures[node.Type()]; ok {
			panic(fmt.Errorf("no gradient is defined for %s, whose closures may use the input: write it with Where", name))
		}
		for _, input := range node.Inputs() {
			visit(input)
		}
	}
	visit(y)
	return Gradient(y, xs...)
}

// closures lists the types of nodes that run closures, with names, which
// GoMLX does not provide.
var closures = map[NodeType]string{NodeTypeIf: "If", NodeTypeWhile: "While"}
