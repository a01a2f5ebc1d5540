// Package learning runs notebooks again.
package learning

import (
	"testing"

	"github.com/liegg/lab/notebooks/rerun"
)

func TestNotebooksRepeat(t *testing.T) {
	rerun.Repeat(t, "00_your_question.ipynb", "00_first_look.ipynb", "00_go_in_one_page.ipynb", "01_o5_regression.ipynb", "07_your_network.ipynb")
}
