// Package images runs notebooks again.
package images

import (
	"testing"

	"github.com/liegg/lab/notebooks/rerun"
)

func TestNotebooksRepeat(t *testing.T) {
	rerun.Repeat(t, "02_rotated_mnist.ipynb")
}
