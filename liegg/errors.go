package liegg

import (
	"errors"
	"fmt"

	"github.com/liegg/lab/liegg/internal/failure"
	"github.com/liegg/lab/liegg/keep"
)

// Errors of a polarization. They come wrapped, with the figures that explain them; test for
// them with errors.Is.
var (
	// ErrNoSamples: nothing was accumulated.
	ErrNoSamples = failure.ErrNoSamples

	// ErrTooFewRows: fewer polarization rows than candidates, so that some
	// generators would look exact for lack of equations.
	ErrTooFewRows = failure.ErrTooFewRows

	// ErrVanishingGradients: the gradient vanished at every sample.
	ErrVanishingGradients = failure.ErrVanishingGradients

	// ErrUnmoved: no candidate moves any sample, at least not where the
	// gradient is non-zero.
	ErrUnmoved = failure.ErrUnmoved

	// ErrShape: a chunk or a candidate algebra does not fit the polarization.
	ErrShape = errors.New("liegg: shapes do not fit")

	// ErrMixed: rows and Gram matrices in one polarization. Converting rows to a Gram
	// matrix would silently lose half of the digits.
	ErrMixed = errors.New("liegg: polarization rows and Gram matrices cannot be mixed: give every chunk the same way")

	// ErrDependent: the candidate matrices are linearly dependent.
	ErrDependent = failure.ErrDependent

	// ErrMetric: a relative defect above 1, which no metric of the
	// documented form allows.
	ErrMetric = failure.ErrMetric

	// ErrTooManyCandidates: a verdict needs K×K sums for many blocks of samples, which do
	// not fit into memory.
	ErrTooManyCandidates = errors.New("liegg: too many candidates for a verdict")

	// ErrFarAway: the data lie so far from the origin, in their own units, that
	// generators about the data cannot be told apart in coordinates about the origin.
	ErrFarAway = failure.ErrFarAway

	// ErrUnits: the units of the coordinates differ by so many orders of magnitude that
	// generators which are well apart for the data cannot be told apart as matrices.
	ErrUnits = failure.ErrUnits

	// ErrDecomposition: an iteration, LAPACK's or LOBPCG's, did not converge.
	ErrDecomposition = failure.ErrDecomposition
)

// SquaredGradient is the NotFiniteError.What of a gradient that is finite but too large to
// be squared.
const SquaredGradient = "squared gradient"

// MovedOutput is the NotFiniteError.What if a finite transformation moves samples to places at
// which the function is not defined.
const MovedOutput = "output at the moved input"

// NotFiniteError is the error for NaN or ±Inf in the data or in numbers computed from them.
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

// Error describes which numbers are not finite, at which sample, and what to do.
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
		return "the samples themselves are finite, but the transformation moves them to places at which the function is not defined, or overflows: follow it less far, or give samples that do not reach such places"
	case e.What == SquaredGradient:
		return "the gradient itself is finite, but its square overflows float64, which ends at 1e308: divide the outputs by their size, so that they are about 1"
	case e.What == "gradient":
		return "the inputs and outputs are finite, but not the derivative, as for √ at 0, or for NaN in a branch that Where does not take: drop these samples, or change the function"
	}
	return "drop or repair the sample; if its input is finite, the function diverges there"
}

// Tables of results that are kept hold errors.
func init() { keep.Register(errors.New(""), fmt.Errorf("%w", errors.New(""))) }
