package moved

import (
	"errors"

	"github.com/liegg/lab/liegg"
)

// atMovedInputs changes an error about outputs that are not finite, so that it speaks of
// moved inputs: nothing is wrong with the inputs as they were given.
func atMovedInputs(err error) error {
	var left *liegg.NotFiniteError
	if !errors.As(err, &left) || left.What != "output" {
		return err
	}
	there := *left
	there.What = liegg.MovedOutput
	return &there
}

// LeftDomain reports whether inputs were moved to points at which f is not finite.
func LeftDomain(err error) bool {
	var left *liegg.NotFiniteError
	return errors.As(err, &left)
}
