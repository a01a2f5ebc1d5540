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
	return fmt.Sprintf("Input %q, Output %q, Shape %v, Fixed [%s]", s.Input, s.Output, s.Shape, strings.Join(fixed, " "))
}
