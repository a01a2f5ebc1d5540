package flow

import (
	"errors"

	"github.com/liegg/lab/liegg"
)

// moved says of outputs that are not finite at inputs that a transformation moved: there is
// nothing the matter with the inputs as they were given.
func moved(err error) error {
	var left *liegg.NotFiniteError
	if !errors.As(err, &left) || left.What != "output" {
		return err
	}
	there := *left
	there.What = liegg.MovedOutput
	return &there
}

// leftDomain reports whether inputs were moved to where f is not finite.
func leftDomain(err error) bool {
	var left *liegg.NotFiniteError
	return errors.As(err, &left)
}
