// Package failure holds the errors of a polarization and of what is computed from it. Package liegg
// documents and exports them.
package failure

import (
	"errors"
	"fmt"

	"github.com/liegg/lab/liegg/internal/linalg"
)

// The errors are described in package liegg, under the same names.
var (
	ErrNoSamples          = errors.New("liegg: no samples: pass at least one batch of data")
	ErrTooFewRows         = errors.New("liegg: too few polarization rows")
	ErrVanishingGradients = errors.New("liegg: all gradients vanish: the function is constant on these data; " +
		"check that it is trained, not saturated, and that its output is not a constant such as the sum of a softmax")
	ErrUnmoved       = errors.New("liegg: no candidate moves the data: check that the inputs are not all zero and that the action fits them")
	ErrDependent     = errors.New("liegg: the candidate matrices are linearly dependent: drop those that others span")
	ErrMetric        = errors.New("liegg: the metric does not belong to the rows: it must be Σ_i ‖J_i‖²_F T_iᵀT_i over the same samples")
	ErrFarAway       = errors.New("liegg: the data lie too far from the origin for their generators in float64: subtract their mean from the inputs first")
	ErrUnits         = errors.New("liegg: the coordinates have units so different that the generators cannot be written in them in float64: divide every coordinate of inputs and outputs by its spread first")
	ErrDecomposition = errors.New("liegg: the matrix decomposition did not converge: rescale the inputs to about unit size")
)

// Decomposition wraps the error of an iteration as ErrDecomposition; other errors stay as
// they are.
func Decomposition(err error) error {
	if errors.Is(err, linalg.ErrUnsolved) {
		return fmt.Errorf("%w: %w", ErrDecomposition, err)
	}
	return err
}
