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
	settings, err := s.settingsOfONNX()
	if err != nil {
		return err
	}
	if from := s.question.From; from != "" && from != settings.Input {
		if err := s.goOnFrom(settings); err != nil {
			return err
		}
	}
	s.network, err = onnx.Load(s.question.Model, settings)
	if err != nil && s.question.Layer != "" {
		return flagError{err, strings.NewReplacer("Settings.Output", "--layer")}
	}
	return err
}

// settingsOfONNX reads the inputs of an ONNX file, and returns the settings that the flags
// name.
func (s *Subject) settingsOfONNX() (settings onnx.Settings, err error) {
	q := s.question
	settings = onnx.Settings{Output: cmp.Or(q.Output, q.Layer), From: q.From, Fixed: map[string]*tensors.Tensor{}}
	if len(q.LayerNames) > 0 {
		settings.Layers = q.LayerNames
	}
	inputs, err := onnx.Inputs(q.Model, 0)
	if err != nil {
		return settings, err
	}
	input, err := s.moved(inputs)
	if err != nil {
		return settings, err
	}
	x, err := s.input(input.Name)
	if err != nil {
		return settings, err
	}
	dtype := input.Shape.DType
	if dtype != dtypes.Float64 {
		dtype = dtypes.Float32 // Load says what is wrong with other types
	}
	if dtype.IsFloat() && !input.Shape.DType.IsFloat() {
		return settings, fmt.Errorf("the model's input %q is of type %s, which no action can move: move another input, by --input", input.Name, input.Shape.DType)
	}
	if err := s.take(x, dtype); err != nil {
		return settings, err
	}
	settings.Input, settings.Shape = input.Name, s.Input()
	for _, other := range inputs {
		if other.Name != input.Name {
			if settings.Fixed[other.Name], err = s.constant(other); err != nil {
				return settings, err
			}
		}
	}
	return settings, nil
}

// goOnFrom replaces the inputs by the activations of the tensor that --from names.
func (s *Subject) goOnFrom(settings onnx.Settings) error {
	settings.Output, settings.From, settings.Layers = settings.From, "", nil
	list, err := onnx.Tensors(s.question.Model, settings)
	if err != nil {
		return flagError{err, strings.NewReplacer("Settings.Output", "--from")}
	}
	encoder, err := onnx.Load(s.question.Model, settings)
	if err != nil {
		return flagError{err, strings.NewReplacer("Settings.Output", "--from")}
	}
	latent, err := encoder.Predict(s.x)
	if err != nil {
		return err
	}
	values, err := dataset.Values(latent)
	if err != nil {
		return err
	}
	shape := append([]int{s.Len()}, list[len(list)-1].Shape.Dimensions[1:]...)
	if s.x, err = as(tensors.FromFlatDataAndDimensions(values, shape...), s.x.DType()); err != nil {
		return err
	}
	s.notes = append(s.notes, fmt.Sprintf("The activations of %q, %v for each sample, took the place of the inputs.", settings.Output, s.Input()))
	return nil
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
