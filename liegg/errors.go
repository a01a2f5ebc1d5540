package liegg

import (
	"errors"
	"fmt"

	"github.com/liegg/lab/liegg/internal/linalg"
)

// Errors of a polarization. They come wrapped, with the figures that explain them; test for
// them with errors.Is.
var (
	// ErrNoSamples: nothing was accumulated.
	ErrNoSamples = errors.New("liegg: no samples: pass at least one batch of data")

	// ErrTooFewRows: fewer polarization rows than candidates, so that some
	// generators would look exact for lack of equations.
	ErrTooFewRows = errors.New("liegg: too few polarization rows")

	// ErrVanishingGradients: the gradient vanished at every sample.
	ErrVanishingGradients = errors.New("liegg: all gradients vanish: the function is constant on these data; " +
		"check that it is trained, not saturated, and that its output is not a constant such as the sum of a softmax")

	// ErrUnmoved: no candidate moves any sample, at least not where the
	// gradient is non-zero.
	ErrUnmoved = errors.New("liegg: no candidate moves the data: check that the inputs are not all zero and that the action fits them")

	// ErrShape: a chunk or a candidate algebra does not fit the polarization.
	ErrShape = errors.New("liegg: shapes do not fit")

	// ErrMixed: rows and Gram matrices in one polarization. Converting rows to a Gram
	// matrix would silently lose half of the digits.
	ErrMixed = errors.New("liegg: polarization rows and Gram matrices cannot be mixed: give every chunk the same way")

	// ErrDependent: the candidate matrices are linearly dependent.
	ErrDependent = errors.New("liegg: the candidate matrices are linearly dependent: drop those that others span")

	// ErrMetric: a relative defect above 1, which no metric of the
	// documented form allows.
	ErrMetric = errors.New("liegg: the metric does not belong to the rows: it must be Σ_i ‖J_i‖²_F T_iᵀT_i over the same samples")

	// ErrTooManyCandidates: a verdict needs K×K sums for many blocks of samples, which do
	// not fit into memory.
	ErrTooManyCandidates = errors.New("liegg: too many candidates for a verdict")

	// ErrFarAway: the data lie so far from the origin, in their own units, that
	// generators about the data cannot be told apart in coordinates about the origin.
	ErrFarAway = errors.New("liegg: the data lie too far from the origin for their generators in float64: subtract their mean from the inputs first")

	// ErrUnits: the units of the coordinates differ by so many orders of magnitude that
	// generators which are well apart for the data cannot be told apart as matrices.
	ErrUnits = errors.New("liegg: the coordinates have units so different that the generators cannot be written in them in float64: divide every coordinate of inputs and outputs by its spread first")

	// ErrDecomposition: an iteration, LAPACK's or LOBPCG's, did not converge.
	ErrDecomposition = errors.New("liegg: the matrix decomposition did not converge: rescale the inputs to about unit size")
)

// decomposition wraps the error of an iteration as ErrDecomposition; other errors stay as
// they are.
func decomposition(err error) error {
	if errors.Is(err, linalg.ErrUnsolved) {
		return fmt.Errorf("%w: %w", ErrDecomposition, err)
	}
	return err
}
