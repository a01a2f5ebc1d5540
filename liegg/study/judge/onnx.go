package judge

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/gomlx/core/tensors"

	"github.com/liegg/lab/liegg/dataset"
	"github.com/liegg/lab/liegg/network/onnx"
)

// openONNX reads a network from an ONNX file, with its inputs.
func (s *Subject) openONNX() error {
	q := s.question
	inputs, err := onnx.Inputs(q.Model, 0)
	if err != nil {
		return err
	}
	input, err := s.moved(inputs)
	if err != nil {
		return err
	}
	x, err := s.input(input.Name)
	if err != nil {
		return err
	}
	dtype := input.Shape.DType
	if dtype != dtypes.Float64 {
		dtype = dtypes.Float32 // Load says what is wrong with other types
	}
	if dtype.IsFloat() && !input.Shape.DType.IsFloat() {
		return fmt.Errorf("the model's input %q is of type %s, which no action can move: move another input, by --input", input.Name, input.Shape.DType)
	}
	if err := s.take(x, dtype); err != nil {
		return err
	}
	settings := onnx.Settings{Input: input.Name, Output: cmp.Or(q.Output, q.Layer), Shape: s.Input(), Fixed: map[string]*tensors.Tensor{}}
	for _, other := range inputs {
		if other.Name != input.Name {
			if settings.Fixed[other.Name], err = s.constant(other); err != nil {
				return err
			}
		}
	}
	s.network, err = onnx.Load(q.Model, settings)
	if err != nil && q.Layer != "" {
		return flagError{err, strings.NewReplacer("Settings.Output", "--layer")}
	}
	return err
}

// moved returns the input of a file that moves: the one that --input names, the only one, or
// the only one of floats.
func (s *Subject) moved(inputs []onnx.Input) (onnx.Input, error) {
	name, _, _ := strings.Cut(s.question.Input, "=")
	var floats, named []onnx.Input
	for _, i := range inputs {
		if i.Shape.DType.IsFloat() {
			floats = append(floats, i)
		}
		if i.Name == name {
			named = append(named, i)
		}
	}
	switch {
	case len(named) == 1:
		return named[0], nil
	case len(inputs) == 1: // --input names the array
		return inputs[0], nil
	case len(floats) == 1:
		return floats[0], nil
	}
	return onnx.Input{}, fmt.Errorf("%s has the inputs %v: say by --input which of them moves", s.question.Model, inputs)
}

// constant returns the value of an input that is the same for all samples.
func (s *Subject) constant(input onnx.Input) (*tensors.Tensor, error) {
	if !s.arrays.has(input.Name) {
		return nil, fmt.Errorf("the model's input %q is not in %s, which has %.400q: add it under that name", input.Name, s.arrays.path, s.arrays.names)
	}
	r, err := s.arrays.read("input", input.Name)
	if err != nil {
		return nil, err
	}
	open := input.Shape.Rank() > 0 && input.Shape.Dim(0) < 0 && r.t.Rank() == input.Shape.Rank()
	if !open {
		return r.t, nil
	}
	if r.samples() == 1 {
		values, err := dataset.Values(r.t)
		return tensors.FromFlatDataAndDimensions(values, r.t.Shape().Dimensions[1:]...), err
	}
	if err := s.sameSamples(r); err != nil {
		return nil, err
	}
	return nil, fmt.Errorf("the model's input %q has a value for each sample, and only one input can vary from sample to sample so far: export the model with %q as a constant, or give one value of shape %v", input.Name, input.Name, append([]int{1}, r.t.Shape().Dimensions[1:]...))
}
