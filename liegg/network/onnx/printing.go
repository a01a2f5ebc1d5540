package onnx

import (
	"fmt"

	"github.com/gomlx/gomlx/core/tensors"

	"github.com/liegg/lab/liegg/internal/spelling"
)

// String lists the fields, and of fixed inputs their names and shapes.
func (s Settings) String() string {
	text := fmt.Sprintf("Input %q, Output %q, Shape %v, Fixed [%s]", s.Input, s.Output, s.Shape, spelling.Named(s.Fixed, (*tensors.Tensor).Shape))
	if s.From != "" {
		text += fmt.Sprintf(", From %q", s.From)
	}
	if s.Layers != nil {
		text += fmt.Sprintf(", Layers %q", s.Layers)
	}
	if s.Inputs != nil {
		text += fmt.Sprintf(", Inputs %q", s.Inputs)
	}
	if s.Shapes != nil {
		text += fmt.Sprintf(", Shapes %v", s.Shapes)
	}
	if s.Outputs != nil {
		text += fmt.Sprintf(", Outputs %q", s.Outputs)
	}
	return text
}
