// Package studies runs notebooks again.
package studies

import (
	"testing"

	"github.com/liegg/lab/notebooks/rerun"
)

func TestNotebooksRepeat(t *testing.T) {
	rerun.Repeat(t, "08_data_width_depth.ipynb", "09_training_regimes.ipynb", "10_use_it.ipynb", "12_differential_equations.ipynb", "13_what_it_depends_on.ipynb")
}

func TestNotebooksRepeatInGo(t *testing.T) {
	rerun.RepeatInGo(t, "11_conservation_laws.ipynb")
}
