package ask

import (
	"testing"

	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/internal/expect"
)

// A generator that a text names has the size of the action's.
func TestHypothesesHaveTheSizeOfTheAction(t *testing.T) {
	linear := []string{"rotation:0,1", "boost:0,1", "shear:0,1", "scaling"}
	for _, c := range []struct {
		a     action.Action
		texts []string
	}{{action.Linear(2, 1), linear}, {action.Affine(2, 1), append(linear, "translation:0")}} {
		for _, text := range c.texts {
			h := expect.OK(expect.OK(parseTest(text))(t).hypothesis(c.a))(t)
			if rows, columns := h.H.Dims(); rows != action.GeneratorSize(c.a) || columns != rows || h.H.At(0, rows-1)+h.H.At(0, 0)+h.H.At(0, 1) == 0 {
				t.Errorf("%s of %v: %v", text, c.a, mat.Formatted(h.H))
			}
		}
	}
}
