package ask

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/gomlx/gomlx/core/tensors"

	"github.com/liegg/lab/liegg/dataset"
	"github.com/liegg/lab/liegg/network"
	"github.com/liegg/lab/liegg/network/onnx"
)

// openONNX reads a network from an ONNX file, with its inputs.
func (s *Subject) openONNX() error {
	settings, err := s.settingsOfONNX()
	if err != nil {
		return err
	}
	if from := s.question.From; from != "" && from != settings.Input {
		if s.packing != nil {
			return fmt.Errorf("Question.From is for models with one input that differs from sample to sample, and these differ: %q", settings.Inputs)
		}
		if err := s.goOnFrom(settings); err != nil {
			return err
		}
	}
	return s.load(func(output string, outputs []string) (*network.Network, error) {
		settings.Output, settings.Outputs = output, outputs
		return onnx.Load(s.question.Model, settings)
	})
}

// settingsOfONNX reads the inputs of an ONNX file, and returns the settings that the question
// names.
func (s *Subject) settingsOfONNX() (settings onnx.Settings, err error) {
	q := s.question
	inputs, err := onnx.Inputs(q.Model, 0)
	if err != nil {
		return settings, err
	}
	read, err := s.read(inputs)
	if err != nil {
		return settings, err
	}
	settings = onnx.Settings{Output: cmp.Or(q.Output, q.Layer), From: q.From, Fixed: read.fixed}
	if len(q.LayerNames) > 0 {
		settings.Layers = q.LayerNames
	}
	if s.packing == nil {
		settings.Input, settings.Shape = read.names[0], s.Input()
		return settings, nil
	}
	settings.Inputs, settings.Shapes = read.names, map[string][]int{}
	for _, name := range read.names {
		settings.Shapes[name] = append([]int{}, shapeOf(s.packing, name)...)
	}
	return settings, nil
}

// goOnFrom replaces the inputs by the activations of the tensor that Question.From names.
func (s *Subject) goOnFrom(settings onnx.Settings) error {
	settings.Output, settings.From, settings.Layers = settings.From, "", nil
	list, err := onnx.Tensors(s.question.Model, settings)
	if err != nil {
		return fieldError{err, strings.NewReplacer("Settings.Output", "Question.From")}
	}
	encoder, err := onnx.Load(s.question.Model, settings)
	if err != nil {
		return fieldError{err, strings.NewReplacer("Settings.Output", "Question.From")}
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
