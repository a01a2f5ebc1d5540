// Package verdicts runs notebooks again.
package verdicts

import (
	"testing"

	"github.com/liegg/lab/notebooks/rerun"
)

func TestNotebooksRepeat(t *testing.T) {
	rerun.Repeat(t, "03_how_many_symmetries.ipynb", "04_which_algebra.ipynb")
}
