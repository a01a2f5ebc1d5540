package liegg

import (
	"errors"
	"fmt"

	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/internal/candidates"
	"github.com/liegg/lab/liegg/internal/linalg"
	"github.com/liegg/lab/liegg/keep"
)

// Spectra hold their candidates in these forms, verdicts and polarizations their sums, and tables
// hold errors.
func init() {
	keep.Register(candidates.Local{}, candidates.Subspace{}, (*mat.SymDense)(nil), linalg.Kronecker{}, linalg.PairedGram{}, errors.New(""), fmt.Errorf("%w", errors.New("")))
}
