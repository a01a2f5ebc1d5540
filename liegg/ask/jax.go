package ask

import (
	"fmt"
	"slices"

	"github.com/gomlx/compute/shapes"

	"github.com/liegg/lab/liegg/network"
	"github.com/liegg/lab/liegg/network/jax"
)

// openJAX reads a network that liegg_export.py wrote from JAX, with its inputs.
func (s *Subject) openJAX() error {
	if err := hasLayers(s.question.Model, s.question.LayerNames); err != nil {
		return err
	}
	fields, err := jax.Inputs(s.question.Model, 0)
	if err != nil {
		return err
	}
	var inputs []modelInput
	for _, f := range fields {
		inputs = append(inputs, modelInput{Name: f.Name, Shape: batches(f.Shape)})
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

// batches is the shape of a batch of any size, from the shape of one sample.
func batches(sample shapes.Shape) shapes.Shape {
	return shapes.Shape{DType: sample.DType, Dimensions: slices.Concat([]int{shapes.DynamicDim}, sample.Dimensions)}
}

// hasLayers returns an error unless a file of liegg_export.py has the layers of some names.
func hasLayers(path string, names []string) error {
	if len(names) == 0 {
		return nil
	}
	outputs, err := jax.Outputs(path, 0)
	if err != nil {
		return err
	}
	var layers []string
	for _, o := range outputs {
		if o.Hidden {
			layers = append(layers, o.Name)
		}
	}
	if len(layers) == 0 {
		return fmt.Errorf("Question.LayerNames %s: %s has no layers: give them to liegg_export.save, layers=…", names[0], path)
	}
	return among(names, layers)
}
