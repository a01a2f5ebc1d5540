package onnx

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// String lists the fields, and of fixed inputs their names and shapes.
func (s Settings) String() string {
	var fixed []string
	for _, name := range slices.Sorted(maps.Keys(s.Fixed)) {
		fixed = append(fixed, fmt.Sprintf("%q %s", name, s.Fixed[name].Shape()))
	}
	text := fmt.Sprintf("Input %q, Output %q, Shape %v, Fixed [%s]", s.Input, s.Output, s.Shape, strings.Join(fixed, " "))
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
