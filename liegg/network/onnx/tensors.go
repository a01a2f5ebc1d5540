package onnx

import (
	"fmt"
	"slices"

	"github.com/gomlx/compute/shapes"

	"github.com/liegg/lab/liegg/network"
	"github.com/liegg/lab/liegg/network/onnx/internal/message"
	"github.com/liegg/lab/liegg/network/onnx/internal/modelfile"
)

// Tensor is a tensor that an ONNX graph computes from its input.
type Tensor struct {
	Name string
	Op   string // operator that makes it
	// Shape holds the type, and the sizes of the axes with the batch. Sizes
	// that depend on the batch, or that the file leaves open, are -1. It is
	// invalid if it could not be found out.
	Shape shapes.Shape
	// Cut says that the outputs can be computed from this tensor alone, so
	// that it can be Settings.From.
	Cut bool
	// Block says that a block of the network ends here. These tensors are the
	// default of Settings.Layers.
	Block bool
}

// String returns the name, the shape, and what the tensor can be used for.
func (t Tensor) String() string {
	text := fmt.Sprintf("%q of unknown shape, made by %s", t.Name, t.Op)
	if t.Shape.Ok() {
		text = fmt.Sprintf("%q %s, made by %s", t.Name, t.Shape, t.Op)
	}
	switch {
	case t.Block && !t.Cut:
		text += ", the end of a block that connections skip"
	case t.Block:
		text += ", the end of a block"
	case t.Cut:
		text += ", a cut"
	}
	return text
}

// Tensors lists the tensors of an ONNX file that depend on the numbers of the
// input and on which an output depends, in the order in which they are
// computed. Settings.Output and Settings.Layers can be any of them that are
// floats and have the batch as their first axis, Settings.From any of these
// that are cuts. Without Settings.Output, the list is about all outputs.
//
// Shapes are found by building the graph. If that fails, as it does if the
// file leaves axes open and Settings.Shape is missing, they are those that the
// file declares, if any.
//
// It returns the errors of Load about files and names.
func Tensors(path string, s Settings) (list []Tensor, err error) {
	defer func() {
		if err != nil {
			list, err = nil, fmt.Errorf("onnx: %s: %w", path, err)
		}
	}()
	defer recovered(&err)
	f, err := modelfile.Read(path, s.Budget)
	if err != nil {
		return nil, err
	}
	if s.From != "" {
		if s, err = startAt(f, s); err != nil {
			return nil, err
		}
	}
	c, err := courseOf(f, s)
	if err != nil {
		return nil, err
	}
	known := f.DeclaredShapes()
	if built, err := builtShapes(f, s, c.Tensors); err == nil {
		known = built
	}
	cuts, blocks := message.NameSet(c.Cuts...), message.NameSet(c.Blocks...)
	for _, node := range c.Nodes {
		for _, name := range node.Texts("output") {
			if slices.Contains(c.Tensors, name) {
				list = append(list, Tensor{name, node.Text("op_type"), known[name], cuts[name], blocks[name]})
			}
		}
	}
	return list, nil
}

// courseOf returns the course from the chosen input to the chosen output, or
// to all outputs.
func courseOf(f *modelfile.File, s Settings) (c modelfile.Course, err error) {
	message.WithoutWeights(f.Graph)
	inputs, declared, err := f.Inputs()
	if err != nil {
		return c, err
	}
	input, err := chosen("Input", s.Input, free(inputs, s), declared)
	if err != nil {
		return c, err
	}
	outputs, _ := f.Outputs()
	if s.Output != "" {
		if s.Output, err = chosen("Output", s.Output, outputs, f.Tensors()); err != nil {
			return c, err
		}
		outputs = []string{s.Output}
	}
	return f.Course([]string{input}, outputs), nil
}

// builtShapes returns the shapes that tensors have in the graph, with -1 for
// sizes that depend on the batch. The file cannot be used afterwards.
func builtShapes(f *modelfile.File, s Settings, tensors []string) (known map[string]shapes.Shape, err error) {
	if len(tensors) == 0 {
		return nil, nil
	}
	backend, err := network.Backend()
	if err != nil {
		return nil, err
	}
	s.Output, s.Layers = tensors[len(tensors)-1], tensors
	m, err := modelOf(f, s)
	if err != nil {
		return nil, err
	}
	if m.refused != nil {
		return nil, m.refused
	}
	few, err := m.shapes(backend, samples, tensors)
	if err != nil {
		return nil, err
	}
	more, err := m.shapes(backend, otherSamples, tensors)
	if err != nil {
		return nil, err
	}
	known = map[string]shapes.Shape{}
	for i, name := range tensors {
		known[name] = common(few[i], more[i])
	}
	return known, nil
}

// otherSamples is a batch size beside samples: what is of this size in one
// batch and of that size in the other is the batch.
const otherSamples = 11

// common returns the sizes that are the same in two batches, and -1 for the
// others.
func common(a, b shapes.Shape) shapes.Shape {
	c := shapes.Shape{DType: a.DType, Dimensions: slices.Clone(a.Dimensions)}
	for i := range c.Dimensions {
		if a.Rank() != b.Rank() || a.Dim(i) != b.Dim(i) {
			c.Dimensions[i] = shapes.DynamicDim
		}
	}
	return c
}
