package jax

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

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
		var fixed []string
		for _, name := range slices.Sorted(maps.Keys(s.Fixed)) {
			fixed = append(fixed, fmt.Sprintf("%q %s", name, s.Fixed[name].Shape()))
		}
		text += fmt.Sprintf(", Fixed [%s]", strings.Join(fixed, " "))
	}
	return text
}
