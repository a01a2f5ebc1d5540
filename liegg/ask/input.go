package ask

import (
	"fmt"
	"slices"
	"strings"

	"github.com/liegg/lab/liegg/dataset"
)

// usual are names under which inputs are often saved.
var usual = []string{"x", "X", "input", "inputs"}

// input reads the inputs of a model. name is the name of the model's input, or "".
func (s *Subject) input(name string) (array, error) {
	model, wanted, two := strings.Cut(s.question.Input, "=")
	if !two {
		wanted = model
	}
	switch {
	case s.arrays.held != nil:
		return array{name: s.arrays.path, t: s.arrays.held}, nil
	case s.arrays.kind == ".npy":
		return s.arrays.read("Question.Input", s.arrays.path)
	case s.arrays.table():
		return s.columns()
	case wanted != "" && (two || s.arrays.has(wanted)):
		return s.arrays.read("Question.Input", wanted)
	}
	for _, candidate := range append([]string{name}, usual...) {
		if candidate != "" && s.arrays.has(candidate) {
			return s.arrays.read("Question.Input", candidate)
		}
	}
	if len(s.arrays.names) == 1 {
		return s.arrays.read("Question.Input", s.arrays.names[0])
	}
	if name == "" {
		name = "x"
	}
	return array{}, fmt.Errorf("the model's input is %q, but %s has the arrays %.400q: name the one that holds its inputs, as in Question.Input %s=%s", name, s.arrays.path, s.arrays.names, name, s.arrays.names[0])
}

// columns reads the columns of a table that no other field of the question names.
func (s *Subject) columns() (array, error) {
	q := s.question
	taken := []string{q.By, q.Targets, q.Groups}
	var names []string
	for _, n := range s.arrays.names {
		if !slices.Contains(taken, n) {
			names = append(names, n)
		}
	}
	if len(names) == 0 {
		return array{}, fmt.Errorf("%s has no columns beside those that the question names otherwise", s.arrays.path)
	}
	t, err := dataset.ReadCSV(s.arrays.path, names...)
	return array{name: strings.Join(names, ","), t: t}, err
}
