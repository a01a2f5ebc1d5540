package liegg

import (
	"errors"
	"fmt"

	"github.com/liegg/lab/liegg/keep"
)

// Spectra hold their candidates in these forms, and tables hold errors.
func init() {
	keep.Register(local{}, subspace{}, errors.New(""), fmt.Errorf("%w", errors.New("")))
}
