package ask

import (
	"slices"

	"github.com/gomlx/compute/shapes"

	"github.com/liegg/lab/liegg/network"
	"github.com/liegg/lab/liegg/network/jax"
)

// openJAX reads a network that liegg_export.py wrote from JAX, with its inputs.
func (s *Subject) openJAX() error {
	fields, err := jax.Inputs(s.question.Model, 0)
	if err != nil {
		return err
	}
	var inputs []modelInput
	for _, f := range fields {
		batches := shapes.Shape{DType: f.Shape.DType, Dimensions: slices.Concat([]int{shapes.DynamicDim}, f.Shape.Dimensions)}
		inputs = append(inputs, modelInput{Name: f.Name, Shape: batches})
	}
	read, err := s.read(inputs)
	if err != nil {
		return err
	}
	settings := jax.Settings{Inputs: read.names, Fixed: read.fixed}
	if s.packing == nil {
		settings.Input, settings.Inputs = read.names[0], nil
	}
	return s.load(func(output string, outputs []string) (*network.Network, error) {
		settings.Output, settings.Outputs = output, outputs
		return jax.Load(s.question.Model, settings)
	})
}
