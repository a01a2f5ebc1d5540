package onnx

import (
	"fmt"
	"slices"
	"sync"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/shapes"
	. "github.com/gomlx/gomlx/core/graph"

	"github.com/liegg/lab/liegg/network"
	"github.com/liegg/lab/liegg/network/onnx/internal/modelfile"
)

// layers are the tensors that become layers of the network.
type layers struct {
	names  []string
	chosen bool // by Settings.Layers; else those that cannot be layers are left out

	lock   sync.Mutex
	Tensor map[int][]shapes.Shape // their shapes, by the size of the batch; nil if they cannot be built
}

// layersOf returns the layers that settings name, or the ends of blocks.
func layersOf(f *modelfile.File, s Settings, inputs []string) *layers {
	l := &layers{names: s.Layers, chosen: s.Layers != nil, Tensor: map[int][]shapes.Shape{}}
	if !l.chosen {
		l.names = f.Course(inputs, []string{s.Output}).Blocks
	}
	return l
}

// kept returns the output, followed by the layers.
func (m *converted) kept() []string { return append([]string{m.output}, m.layers.names...) }

// usable returns an error if a chosen layer is no float, or has not the batch
// as its first axis alone.
func (m *converted) usable(backend compute.Backend) error {
	if !m.layers.chosen || len(m.layers.names) == 0 {
		return nil
	}
	few, err := m.shapes(backend, samples, m.layers.names)
	if err != nil {
		return err
	}
	more, err := m.shapes(backend, otherSamples, m.layers.names)
	if err != nil {
		return err
	}
	for i, name := range m.layers.names {
		switch shape := common(few[i], more[i]); {
		case !shape.DType.IsFloat():
			return fmt.Errorf("the tensor %q is of type %s, which has no gradient: leave it out of Settings.Layers", name, shape.DType)
		case !ofSamples(few[i], more[i], samples, otherSamples):
			return fmt.Errorf("the tensor %q has the shape %s, and Settings.Layers needs tensors whose first axis is the batch, and only this one", name, shape)
		}
	}
	return nil
}

// ofSamples reports whether the first axis, and no other, is the batch of
// tensors whose batches have the given sizes.
func ofSamples(a, b shapes.Shape, sizeA, sizeB int) bool {
	return a.Rank() > 0 && a.Rank() == b.Rank() && a.Dim(0) == sizeA && b.Dim(0) == sizeB && slices.Equal(a.Dimensions[1:], b.Dimensions[1:])
}

// nameLayers names the layers in the graph of a batch x. Of the ends of blocks
// it leaves out those that cannot be layers: another axis may come first, which
// happens to have the size of the batch.
func (m *converted) nameLayers(x *Node, made []*Node) {
	batch, other := x.Shape().Dim(0), otherSamples
	if batch == other {
		other = samples
	}
	var elsewhere []shapes.Shape
	if !m.layers.chosen && len(made) > 0 {
		elsewhere = m.shapesOfLayers(x.Graph().Backend(), other)
	}
	for i, h := range made {
		if m.layers.chosen || elsewhere != nil && h.DType().IsFloat() && ofSamples(h.Shape(), elsewhere[i], batch, other) {
			network.Layer(h, m.layers.names[i])
		}
	}
}

// shapesOfLayers returns the shapes of the layers for a batch, nil if they
// cannot be built.
func (m *converted) shapesOfLayers(backend compute.Backend, batch int) []shapes.Shape {
	m.layers.lock.Lock()
	defer m.layers.lock.Unlock()
	known, ok := m.layers.Tensor[batch]
	if !ok {
		known, _ = m.shapes(backend, batch, m.layers.names)
		m.layers.Tensor[batch] = known
	}
	return known
}
