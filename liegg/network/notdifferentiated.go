package network

import (
	"fmt"
	"regexp"
)

// withoutGradient finds the operator in what GoMLX says of one that it cannot differentiate.
var withoutGradient = regexp.MustCompile(`with type "(\w+)", for which no gradient is defined`)

// notDifferentiated is the error of a program that differentiates a model. Operators without a
// gradient are named, and the node that GoMLX dumps is left out.
func notDifferentiated(err error) error {
	if found := withoutGradient.FindStringSubmatch(err.Error()); found != nil {
		return fmt.Errorf("network: GoMLX has no gradient for the operator %s of the model: leave it out, or take a differentiable function in its place (graph.StopGradient around it if its derivative is zero)", found[1])
	}
	return fmt.Errorf("network: differentiating the model failed: %w", err)
}
