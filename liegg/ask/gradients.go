package ask

import (
	"errors"
	"fmt"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/gomlx/core/tensors"

	"github.com/liegg/lab/liegg/network"
)

// openGradients reads the inputs and the gradients that another framework has computed.
func (s *Subject) openGradients() error {
	if !s.arrays.has("J") {
		return fmt.Errorf("%s has no array J, and no model was given: give a model, .onnx or a folder, before the data, or gradients J [N, m, input…] of m outputs beside x [N, input…]; study judge --help shows how to make them", s.arrays.path)
	}
	if s.question.Layer != "" || s.question.Output != "" || s.question.Layers {
		return errors.New("Question.Output, Question.Layer and Question.Layers need a network, but only gradients are given: compute the gradients of that layer")
	}
	x, err := s.input("")
	if err != nil {
		return err
	}
	j, err := s.arrays.read("gradients", "J")
	if err != nil {
		return err
	}
	dtype := x.t.DType()
	if j.t.DType() == dtypes.Float32 {
		dtype = dtypes.Float32 // float64 would not make them more exact than the gradients
	}
	if err := s.take(x, dtype); err != nil {
		return err
	}
	if err := s.sameSamples(j); err != nil {
		return err
	}
	gradients, err := picked(j.t, s.samples)
	if err != nil {
		return err
	}
	y, err := s.outputsGiven()
	if err != nil {
		return err
	}
	s.network, err = network.Given(s.x, y, gradients)
	return err
}

// outputsGiven returns the outputs stored beside gradients, nil if there are none.
func (s *Subject) outputsGiven() (*tensors.Tensor, error) {
	if !s.arrays.has("y") {
		if s.question.Outputs != "" && s.question.Outputs != "invariant" || s.question.Targets != "" {
			return nil, fmt.Errorf("Question.Outputs and Question.Targets need the outputs: save them as y [N, m] in %s", s.arrays.path)
		}
		return nil, nil
	}
	y, err := s.arrays.read("outputs", "y")
	if err != nil {
		return nil, err
	}
	if err := s.sameSamples(y); err != nil {
		return nil, err
	}
	return picked(y.t, s.samples)
}
