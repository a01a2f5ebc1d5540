// Package outputs runs notebooks again.
package outputs

import (
	"testing"

	"github.com/liegg/lab/notebooks/rerun"
)

func TestNotebooksRepeat(t *testing.T) {
	rerun.Repeat(t, "05_equivariance.ipynb", "06_layers.ipynb")
}
