package onnx

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// String names the fields; of fixed inputs it tells names and shapes.
func (s Settings) String() string {
	var fixed []string
	for _, name := range slices.Sorted(maps.Keys(s.Fixed)) {
		fixed = append(fixed, fmt.Sprintf("%q %s", name, s.Fixed[name].Shape()))
	}
	return fmt.Sprintf("Input %q, Output %q, Shape %v, Fixed [%s]", s.Input, s.Output, s.Shape, strings.Join(fixed, " "))
}
