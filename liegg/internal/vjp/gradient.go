package vjp

import (
	"fmt"
	"slices"

	. "github.com/gomlx/gomlx/core/graph"
)

// Gradients is GoMLX's Gradient of a scalar y with respect to each of xs. It
// panics if y depends on an If or a While that was built after one of xs:
// their closures may capture x, and GoMLX silently drops the gradient through
// them, or if it needs a second derivative of a node that has only one.
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
		if once, ok := Once[node.Type()]; ok && slices.ContainsFunc(once(node), func(input *Node) bool { return reaches(input, xs) }) {
			panic(fmt.Errorf("no second derivative is defined for %s", node))
		}
		for _, input := range node.Inputs() {
			visit(input)
		}
	}
	visit(y)
	return Gradient(y, xs...)
}

// Once returns the inputs of a node by which it has no derivative, because it
// is one already. Packages that add such types of nodes enter them at program
// start.
var Once = map[NodeType]func(node *Node) []*Node{}

// reaches reports whether a node depends on one of xs.
func reaches(node *Node, xs []*Node) bool {
	seen := map[*Node]bool{}
	var visit func(node *Node) bool
	visit = func(node *Node) bool {
		if slices.Contains(xs, node) {
			return true
		}
		if seen[node] || node.StopGradient() {
			return false
		}
		seen[node] = true
		return slices.ContainsFunc(node.Inputs(), visit)
	}
	return visit(node)
}

// closures lists the types of nodes that run closures, with names, which
// GoMLX does not provide.
var closures = map[NodeType]string{NodeTypeIf: "If", NodeTypeWhile: "While"}
