package rewriting

import (
	"fmt"

	"github.com/gomlx/compute/shapes"

	"github.com/liegg/lab/liegg/network/onnx/internal/message"
)

// Claim is a condition on the shapes of tensors under which a node is read
// correctly.
type Claim struct {
	Node, Op string
	Tensors  []string
	Why      func(shapes []shapes.Shape) string // what is violated; "" if nothing
}

// claim adds a condition about the node. Inside a graph of another node,
// tensors cannot be identified by their names, so the claim is refused there
// and the reason returned.
func (d *Definition) claim(tensors []string, why func(shapes []shapes.Shape) string) string {
	if d.file.inner {
		return fmt.Sprintf("its form of operator set %d is not supported in the branches of another operator", d.file.opset)
	}
	*d.file.claims = append(*d.file.claims, Claim{message.NodeName(d.node), d.node.Text("op_type"), tensors, why})
	return ""
}
