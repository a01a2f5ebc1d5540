package onnx

import (
	"fmt"
	"slices"

	"github.com/gomlx/compute/shapes"
	"github.com/gomlx/gomlx/core/tensors"

	"github.com/liegg/lab/liegg/network/onnx/internal/message"
	"github.com/liegg/lab/liegg/network/onnx/internal/modelfile"
)

// startAt makes the tensor Settings.From the input of the graph. It returns
// settings for what is left.
func startAt(f *modelfile.File, s Settings) (Settings, error) {
	message.WithoutWeights(f.Graph)
	inputs, declared, err := f.Inputs()
	if err != nil {
		return s, err
	}
	outputs, _ := f.Outputs()
	if s.Output != "" || s.Outputs != nil || len(s.Layers) > 0 {
		if s, err = chooseOutput(f, s, outputs); err != nil {
			return s, err
		}
		outputs = slices.Concat(s.Outputs, s.Layers)
		if s.Outputs == nil {
			outputs = append(outputs, s.Output)
		}
	}
	inputs = free(inputs, s)
	if slices.Contains(inputs, s.From) {
		s.Input, s.From = s.From, ""
		return s, nil
	}
	if _, err := chosen("From", s.From, outputs, f.Tensors()); err != nil {
		return s, err
	}
	whole := f.Course(inputs, outputs)
	shape, err := sampleOf(f, s)
	if err != nil {
		return s, err
	}
	f.ReplaceByInput(s.From, shape)
	if err := f.MustBeCut(s.From, inputs, outputs, whole); err != nil {
		return s, err
	}
	f.Prune(outputs...)
	return withoutInput(f, s, declared)
}

// sampleOf returns the shape of the tensor Settings.From for one sample.
func sampleOf(f *modelfile.File, s Settings) (sample shapes.Shape, err error) {
	part := s
	part.From = ""
	known, err := builtShapes(f.Copy(), part, []string{s.From})
	if err != nil {
		known = f.DeclaredShapes()
	}
	shape := known[s.From]
	switch {
	case shape.Rank() > 0 && shape.Dim(0) == shapes.DynamicDim && !slices.Contains(shape.Dimensions[1:], shapes.DynamicDim):
		return shapes.Make(shape.DType, shape.Dimensions[1:]...), nil
	case err != nil:
		return sample, fmt.Errorf("the shape of %q is not known: %w", s.From, err)
	}
	return sample, fmt.Errorf("the tensor %q has the shape %s, and Settings.From needs one whose first axis is the batch, and only this one", s.From, shape)
}

// withoutInput returns settings for a graph that begins at Settings.From. What
// still needs inputs of the file needs their shapes alone: they become zeros.
func withoutInput(f *modelfile.File, s Settings, declared map[string]shapes.Shape) (Settings, error) {
	needed := map[string]bool{s.From: true}
	for _, node := range f.Graph.Children("node") {
		for _, name := range message.Needs(node) {
			needed[name] = true
		}
	}
	message.Keep(f.List("input"), func(v message.Message) bool { return needed[v.Text("name")] })
	fixed := map[string]*tensors.Tensor{}
	for name, shape := range declared {
		switch {
		case !needed[name]:
		case s.Fixed[name] != nil:
			fixed[name] = s.Fixed[name]
		default:
			one, err := sample(name, shape, s.Shape)
			if err != nil {
				return s, err
			}
			fixed[name] = tensors.FromShape(one)
		}
	}
	s.Input, s.From, s.Shape, s.Fixed = s.From, "", nil, fixed
	return s, nil
}
