package ask

import (
	"cmp"
	"fmt"
	"strings"

	"gonum.org/v1/gonum/mat"

	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/dataset"
	"github.com/liegg/lab/liegg/lie/rep"
	"github.com/liegg/lab/liegg/network"
)

var outputKinds = []string{"invariant", "same", "tensor", "free"}

// mostFree bounds the number of outputs that may transform in any way, because that adds m²
// candidates.
const mostFree = 30

// withOutputs joins the action on inputs with the one on m outputs that a text names.
func withOutputs(a action.Action, kind string, m int) (action.Action, error) {
	if kind == "" || kind == "invariant" {
		return a, nil
	}
	if _, one, ok := strings.Cut(kind, "="); ok { // of a single output
		return withOutputs(a, one, m)
	}
	if kind == "free" {
		if m > mostFree {
			return nil, fmt.Errorf("Question.Outputs free has %d×%d candidates for %d outputs: it is for %d outputs at most", m, m, m, mostFree)
		}
		return action.Covariant(a, action.Unknown(m)), nil
	}
	r, err := representation(a, kind, m)
	if err != nil {
		return nil, err
	}
	return action.Equivariant(a, r), nil
}

// representation returns how m outputs move that stay, or move like vectors or tensors of the
// inputs.
func representation(a action.Action, kind string, m int) (r rep.Representation, err error) {
	n, err := turned(a)
	if err != nil {
		return r, fmt.Errorf("Question.Outputs %s: %w", kind, err)
	}
	if kind == "invariant" {
		return rep.Invariants(n, m), nil
	}
	per := n
	if kind == "tensor" {
		per = n * n
	}
	if m%per != 0 {
		return r, fmt.Errorf("Question.Outputs %s: the network has %d outputs, which is not a multiple of %d: outputs of %v transform like that in sets of %d; choose invariant or free", kind, m, per, a, per)
	}
	r = rep.Standard(n)
	if kind == "tensor" {
		r = rep.Tensor(r, r)
	}
	if m > per {
		r = rep.Copies(r, m/per)
	}
	return r, nil
}

// checkOutputs returns an error unless the text is one kind, or names a kind for each of
// several outputs.
func checkOutputs(text string) error {
	if outputNames(text) == nil {
		return oneOf("Question.Outputs", text, outputKinds)
	}
	for part := range strings.SplitSeq(text, ",") {
		name, kind, ok := strings.Cut(part, "=")
		if !ok || name == "" {
			return fmt.Errorf("Question.Outputs %s: write how each output moves, as in energy=invariant,forces=same", text)
		}
		if kind == "" || kind == "free" {
			return fmt.Errorf("Question.Outputs %s: %s is invariant, same or tensor beside others", text, name)
		}
		if err := oneOf("Question.Outputs "+name, kind, outputKinds); err != nil {
			return err
		}
	}
	return nil
}

// outputNames returns the outputs that the text names; nil if it names none.
func outputNames(text string) (names []string) {
	if !strings.Contains(text, "=") {
		return nil
	}
	for part := range strings.SplitSeq(text, ",") {
		name, _, _ := strings.Cut(part, "=")
		names = append(names, name)
	}
	return names
}

// withEach returns the action on inputs together with the ones on each of several outputs.
func (s *Subject) withEach(a action.Action) (action.Action, error) {
	var sum []rep.Representation
	for i, part := range strings.Split(s.question.Outputs, ",") {
		name, kind, _ := strings.Cut(part, "=")
		r, err := representation(a, kind, s.outputSizes[i])
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		sum = append(sum, r)
	}
	return action.Equivariant(a, rep.Direct(sum...)), nil
}

// turned returns the number of axes that the matrices of an action turn.
func turned(a action.Action) (int, error) {
	n := action.GeneratorSize(a)
	if b, ok := a.(action.Blocks); ok {
		if first, _ := b.Block(mat.NewDense(n, n, nil), 0).Dims(); first < n {
			return 0, fmt.Errorf("inputs move by several matrices, and it is not said which of them moves the outputs: choose invariant or free")
		}
	}
	if action.IsHomogeneous(a) {
		return n - 1, nil
	}
	if _, lifted := a.(action.Polynomials); lifted {
		return 0, fmt.Errorf("polynomial fields have no matrix that could move the outputs: choose invariant or free")
	}
	return n, nil
}

// load opens the network of a model's file, with several outputs if Question.Outputs names them.
func (s *Subject) load(open func(output string, outputs []string) (*network.Network, error)) (err error) {
	q := s.question
	output := cmp.Or(q.Output, q.Layer)
	if s.outputNames = outputNames(q.Outputs); s.outputNames != nil && output != "" {
		return fmt.Errorf("Question.Outputs %s names outputs: leave Question.Output and Question.Layer out", q.Outputs)
	}
	s.network, err = open(output, s.outputNames)
	if err != nil && q.Layer != "" {
		return fieldError{err, strings.NewReplacer("Settings.Output", "Question.Layer")}
	}
	if err != nil || len(s.outputNames) < 2 {
		return err
	}
	for _, name := range s.outputNames { // how many numbers each has
		one, err := open(name, nil)
		if err != nil {
			return err
		}
		y, err := one.Predict(dataset.Rows(s.x, 0, 1))
		if err != nil {
			return err
		}
		s.outputSizes = append(s.outputSizes, y.Shape().Dim(1))
	}
	return nil
}
