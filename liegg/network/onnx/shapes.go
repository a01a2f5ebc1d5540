package onnx

import (
	"errors"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/shapes"
	. "github.com/gomlx/gomlx/core/graph"
)

// hold checks all claims. If the tensors cannot be built, neither can the
// model.
func (m *converted) hold(backend compute.Backend) error {
	var tensors []string
	for _, c := range m.claims {
		tensors = append(tensors, c.Tensors...)
	}
	if len(tensors) == 0 {
		return nil
	}
	known, err := m.shapes(backend, samples, tensors)
	if err != nil {
		return nil
	}
	for _, c := range m.claims {
		if why := c.Why(known[:len(c.Tensors)]); why != "" {
			return &NodeError{c.Node, c.Op, "converted", errors.New(why)}
		}
		known = known[len(c.Tensors):]
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
