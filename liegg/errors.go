package liegg

import (
	"errors"
	"fmt"

	"github.com/liegg/lab/liegg/internal/linalg"
)

// Errors of a polarization. They come wrapped, with the figures at hand: ask
// with errors.Is.
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

	// ErrMixed: rows and Gram matrices in one polarization. Turning the one
	// into the other would silently lose half of the digits.
	ErrMixed = errors.New("liegg: polarization rows and Gram matrices cannot be mixed: give every chunk the same way")

	// ErrDependent: the candidate matrices are linearly dependent.
	ErrDependent = errors.New("liegg: the candidate matrices are linearly dependent: drop those that others span")

	// ErrMetric: a relative defect above 1, which no metric of the
	// documented form allows.
	ErrMetric = errors.New("liegg: the metric does not belong to the rows: it must be Σ_i ‖J_i‖²_F T_iᵀT_i over the same samples")

	// ErrTooManyCandidates: a verdict needs sums of K×K numbers for many blocks of
	// samples, more than memory holds.
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

// decomposition is the error of an iteration as one of ours; others stay as they are.
func decomposition(err error) error {
	if errors.Is(err, linalg.ErrUnsolved) {
		return fmt.Errorf("%w: %w", ErrDecomposition, err)
	}
	return err
}

// SquaredGradient is what a NotFiniteError says is not finite if the gradient is, but too
// large to be squared.
const SquaredGradient = "squared gradient"

// MovedOutput is what a NotFiniteError says is not finite if a finite transformation carries
// samples to where the function is not defined.
const MovedOutput = "output at the moved input"

// NotFiniteError tells of NaN or ±Inf in the data or in what was computed
// from them.
type NotFiniteError struct {
	Sample int    // index of the first such sample, counted from 0 over the whole stream; negative if it is not known
	What   string // what is not finite: "input", "target", "output", "gradient", "polarization row", …

	// Count is the number of such samples among the Of that were looked at; 0 if they
	// were not counted.
	Count, Of int
	// Finite names another backend, on which the first such sample is finite, so that
	// the backend is to blame and not the function; "" if there is none.
	Finite string
}

// Error says what is not finite, at which sample, and what to do.
func (e *NotFiniteError) Error() string {
	where := fmt.Sprintf("%s of sample %d holds NaN or Inf", e.What, e.Sample)
	switch {
	case e.Sample < 0:
		return fmt.Sprintf("liegg: %s holds NaN or Inf: look for samples or weights that are not finite, or that overflow when squared", e.What)
	case e.Count > 0:
		where = fmt.Sprintf("%s holds NaN or Inf for %d of %d samples, the first is sample %d", e.What, e.Count, e.Of, e.Sample)
	}
	return fmt.Sprintf("liegg: %s: %s", where, e.advice())
}

// advice says what to do next.
func (e *NotFiniteError) advice() string {
	switch {
	case e.Finite != "":
		return fmt.Sprintf("on the backend %q it is finite there, so the fault is the backend's: use that one, and report this", e.Finite)
	case e.What == "input" || e.What == "target":
		return "drop or repair these samples"
	case e.What == "output":
		return "the function is not defined there, or it overflows: drop these samples, or change the function"
	case e.What == MovedOutput:
		return "the samples themselves are finite, but the transformation carries them to where the function is not defined, or overflows: follow it less far, or give samples that stay clear of such places"
	case e.What == SquaredGradient:
		return "the gradient itself is finite, but its square overflows float64, which ends at 1e308: divide the outputs by their size, so that they are about 1"
	case e.What == "gradient":
		return "the inputs and outputs are finite, but not the derivative, as for √ at 0, or for NaN in a branch that Where does not take: drop these samples, or change the function"
	}
	return "drop or repair the sample; if its input is finite, the function diverges there"
}
