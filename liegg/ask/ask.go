package ask

import (
	"errors"
	"fmt"
	"slices"

	"github.com/liegg/lab/liegg"
	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/dataset"
	"github.com/liegg/lab/liegg/flow"
	"github.com/liegg/lab/liegg/network"
	"github.com/liegg/lab/liegg/network/profile"
)

// NoActionError says that a question has no action.
type NoActionError struct{ Input []int }

// Error lists the actions that fit the inputs.
func (e *NoActionError) Error() string {
	return fmt.Sprintf("no action is given: how may an input of shape %v move? These fit:\n%s", e.Input, offered(e.Input))
}

// Ask answers the question. It calls watch with the number of samples processed so far; an
// error of watch ends the work. watch may be nil. The work that parts hold, if any, is not
// done again.
//
// Ask returns a *NoActionError without an action. It also returns an error for an action that
// does not fit the inputs, with a list of actions that do; for arrays that do not suit their
// fields; and the errors of network.Judge.
func (s *Subject) Ask(watch func(samples int) error, parts ...*network.VerdictPart) (*Answer, error) {
	a, settings, err := s.prepared(watch)
	if err != nil {
		return nil, err
	}
	if len(parts) > 0 {
		if settings, err = settings.WithParts(parts...); err != nil {
			return nil, err
		}
	}
	answer := &Answer{Title: s.title(), Notes: slices.Clone(s.notes)}
	if err := s.answer(answer, a, settings); err != nil {
		return nil, inFields(err)
	}
	if err := s.test(answer, a, settings); err != nil {
		return nil, inFields(err)
	}
	return answer, inFields(s.beyond(answer, settings))
}

// Part does the i-th of n shares of the work of Ask, i from 1.
func (s *Subject) Part(i, n int, watch func(samples int) error) (*network.VerdictPart, error) {
	if err := s.question.shared(); err != nil {
		return nil, err
	}
	a, settings, err := s.prepared(watch)
	if err != nil {
		return nil, err
	}
	settings.Validation = nil
	part, err := network.JudgePart(s.network, a, network.Tensor(s.x), settings, i, n)
	return part, inFields(err)
}

// Check returns the errors of Ask that are known before any work is done.
func (s *Subject) Check() error {
	_, _, err := s.prepared(nil)
	return err
}

// prepared returns the action and the settings that the question describes.
func (s *Subject) prepared(watch func(samples int) error) (a action.Action, settings network.Settings, err error) {
	if s.question.Action == "" && len(s.question.Moves) == 0 && s.how == nil {
		return nil, settings, &NoActionError{s.Input()}
	}
	if a, err = s.action(); err != nil {
		return nil, settings, err
	}
	if settings, err = s.settings(watch); err != nil {
		return nil, settings, err
	}
	return a, settings, s.testsFit(a)
}

// action returns the action on inputs and outputs.
func (s *Subject) action() (action.Action, error) {
	a, err := s.inputAction()
	if err != nil {
		return nil, err
	}
	if k := s.question.Outputs; k == "" || k == "invariant" {
		return a, nil
	}
	if s.outputSizes != nil {
		return s.withEach(a)
	}
	m, err := s.outputs()
	if err != nil {
		return nil, err
	}
	return withOutputs(a, s.question.Outputs, m)
}

// inputAction returns the action on inputs.
func (s *Subject) inputAction() (a action.Action, err error) {
	switch {
	case s.how != nil:
		return s.how, s.fits()
	case s.packing != nil:
		a, err = s.packedAction()
	default:
		var terms []term
		if terms, err = parseAction(s.question.Action); err == nil {
			a, err = actionOf(terms, s.Input())
		}
	}
	if errors.Is(err, errNoAction) && len(s.question.Moves) == 0 {
		return nil, fmt.Errorf("%w; these fit inputs of shape %v:\n%s", err, s.Input(), offered(s.Input()))
	}
	if errors.Is(err, errDoesNotFit) && len(s.question.Moves) == 0 {
		return nil, fmt.Errorf("Question.Action %w; these fit:\n%s", err, offered(s.Input()))
	}
	return a, err
}

// fits returns an error unless the action of the program fits the inputs.
func (s *Subject) fits() error {
	if err := s.how.Check(s.x.Shape().Dimensions[1:]); err != nil {
		return fmt.Errorf("%v does not fit inputs of shape %v: %w; these fit:\n%s", s.how, s.Input(), err, offered(s.Input()))
	}
	return nil
}

// outputs returns the number of outputs after the head.
func (s *Subject) outputs() (int, error) {
	y, err := s.network.Predict(dataset.Rows(s.x, 0, 1))
	if err != nil {
		return 0, err
	}
	if s.question.Head == "authors" {
		return 1, nil
	}
	return y.Shape().Dim(1), nil
}

// unavailable says why there are no flows.
const unavailable = "Finite flows are unavailable: they move the inputs and run the network again, of which only gradients at the given samples are known. Give the network itself, as an .onnx file."

// answer asks the question without its tests.
func (s *Subject) answer(to *Answer, a action.Action, settings network.Settings) error {
	inputs := network.Tensor(s.x)
	switch q := s.question; {
	case q.Layers:
		layers, err := profile.Layers(s.network, a, inputs, settings)
		if err != nil {
			return err
		}
		if !isONNX(q.Model) {
			layers = named(layers, q.LayerNames)
		}
		to.Layers, to.Text, to.Spectrum = layers, layers.Table(1), layers[len(layers)-1].Invariance
		return nil
	case q.ByOutput:
		b, err := network.JudgeByOutput(s.network, a, inputs, settings)
		return to.breakdown(b, err)
	case q.By != "":
		labels, err := s.labels("Question.By", q.By)
		if err != nil {
			return err
		}
		b, err := network.JudgeByLabel(s.network, a, inputs, labels, settings)
		return to.breakdown(b, err)
	case q.Flows && !s.given:
		j, err := flow.Judge(s.network, a, inputs, s.flows(settings))
		if err != nil {
			return err
		}
		to.Judgement, to.Verdict, to.Text = j, j.Verdict, j.String()
		return nil
	}
	v, err := network.Judge(s.network, a, inputs, settings)
	if err != nil {
		return err
	}
	to.Verdict, to.Text = v, v.String()
	return nil
}

// named returns the layers of some names, and the outputs; all layers if there are no names.
func named(p profile.Profile, names []string) profile.Profile {
	last := len(p) - 1
	var some profile.Profile
	for i, l := range p {
		if len(names) == 0 || i == last || slices.Contains(names, l.Name) {
			some = append(some, l)
		}
	}
	return some
}

// flows returns the settings of finite flows.
func (s *Subject) flows(settings network.Settings) flow.Settings {
	return flow.Settings{Head: settings.Head, Groups: settings.Groups, Batch: s.question.Batch, Seed: s.question.Seed, Verdict: settings}
}

func (a *Answer) breakdown(b *liegg.Breakdown, err error) error {
	if err != nil {
		return err
	}
	a.Breakdown, a.Verdict, a.Text = b, b.All, b.String()
	return nil
}

// testsFit returns an error if a test names a generator that is not in the action.
func (s *Subject) testsFit(a action.Action) error {
	if (s.question.Flows || len(s.question.Tests) > 0) && !movable(a) {
		return fmt.Errorf("%v has no finite flows: leave Question.Flows and Question.Tests out", a)
	}
	for _, text := range s.question.Tests {
		t, err := parseTest(text)
		if err != nil {
			return err
		}
		if _, err := t.hypothesis(a); err != nil {
			return err
		}
	}
	return nil
}

// movable reports whether an action has finite flows.
func movable(a action.Action) bool {
	_, integrates := a.(action.Integrable)
	if pair, ok := a.(action.Equivariance); ok {
		a = pair.Inputs()
	}
	_, moves := a.(action.Mover)
	return moves || integrates
}

// test adds the results of the question's tests to an answer.
func (s *Subject) test(to *Answer, a action.Action, settings network.Settings) error {
	if s.given {
		to.Notes = append(to.Notes, unavailable)
		return nil
	}
	for _, text := range s.question.Tests {
		t, err := parseTest(text)
		if err != nil {
			return err
		}
		h, err := t.hypothesis(a)
		if err != nil {
			return err
		}
		r, err := flow.Test(s.network, a, h, network.Tensor(s.x), s.flows(settings))
		if err != nil {
			return fmt.Errorf("Question.Tests %s: %w", text, err)
		}
		to.Tests = append(to.Tests, r)
		to.add(r.String())
	}
	return nil
}
