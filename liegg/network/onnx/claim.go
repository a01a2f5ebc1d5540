package onnx

import (
	"errors"
	"fmt"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/shapes"
	. "github.com/gomlx/gomlx/core/graph"
)

// claim is a condition on the shapes of tensors under which a node is read
// correctly.
type claim struct {
	node, op string
	tensors  []string
	why      func(shapes []shapes.Shape) string // what is violated; "" if nothing
}

// claim adds a condition about the node. Inside a graph of another node,
// tensors cannot be identified by their names, so the claim is refused there
// and the reason returned.
func (d *definition) claim(tensors []string, why func(shapes []shapes.Shape) string) string {
	if d.file.inner {
		return fmt.Sprintf("its form of operator set %d is not supported in the branches of another operator", d.file.opset)
	}
	*d.file.claims = append(*d.file.claims, claim{nodeName(d.node), d.node.text("op_type"), tensors, why})
	return ""
}

// hold checks all claims. If the tensors cannot be built, neither can the
// model.
func (m *converted) hold(backend compute.Backend) error {
	var tensors []string
	for _, c := range m.claims {
		tensors = append(tensors, c.tensors...)
	}
	if len(tensors) == 0 {
		return nil
	}
	known, err := m.shapes(backend, samples, tensors)
	if err != nil {
		return nil
	}
	for _, c := range m.claims {
		if why := c.why(known[:len(c.tensors)]); why != "" {
			return &NodeError{c.node, c.op, "converted", errors.New(why)}
		}
		known = known[len(c.tensors):]
	}
	return nil
}

// shapes returns the shapes of tensors for a batch.
func (m *converted) shapes(backend compute.Backend, batch int, tensors []string) (known []shapes.Shape, err error) {
	defer recovered(&err)
	g := NewGraph(backend, "onnx")
	defer g.Finalize()
	for _, t := range m.call(m.store.RootScope(), m.batch(g, batch), tensors...) {
		known = append(known, t.Shape())
	}
	return known, nil
}
