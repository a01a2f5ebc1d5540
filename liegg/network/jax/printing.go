package jax

import (
	"fmt"

	"github.com/gomlx/gomlx/core/tensors"

	"github.com/liegg/lab/liegg/internal/spelling"
)

// String returns the name, the shape for one sample, and whether it is hidden.
func (o Output) String() string {
	text := fmt.Sprintf("%q %s", o.Name, o.Shape)
	if o.Hidden {
		text += ", a hidden layer"
	}
	return text
}

// String lists the fields.
func (s Settings) String() string {
	text := fmt.Sprintf("Output %q, Budget %d", s.Output, s.Budget)
	if s.Input != "" {
		text += fmt.Sprintf(", Input %q", s.Input)
	}
	if s.Inputs != nil {
		text += fmt.Sprintf(", Inputs %q", s.Inputs)
	}
	if s.Outputs != nil {
		text += fmt.Sprintf(", Outputs %q", s.Outputs)
	}
	if s.Fixed != nil {
		text += fmt.Sprintf(", Fixed [%s]", spelling.Named(s.Fixed, (*tensors.Tensor).Shape))
	}
	return text
}
