package ask

import (
	"fmt"

	"github.com/liegg/lab/liegg/action"
)

// Symmetries says which continuous symmetries of an action a function has on some inputs: the
// verdict by gradients and, if the action can move the inputs, the one by finite flows (see
// flow.Judge). About says what function and inputs may be: a GoMLX function or a file, and a tensor
// or a file. For files, Question says more.
//
// how is the action.Action that moves the inputs, or a text such as "linear:3x2", and may be left
// out. If one action alone fits the inputs, it is taken. Otherwise Symmetries returns a
// *NoActionError, which lists those that fit.
//
// It returns the errors of About and of Ask. It panics if function, inputs or how have a type that is
// not listed, and for more than one action.
func Symmetries(function, inputs any, how ...any) (*Answer, error) {
	if len(how) > 1 {
		panic(fmt.Sprintf("ask: Symmetries: how has %d actions; join several that share an input by action.Product", len(how)))
	}
	var q Question
	var a action.Action
	if len(how) == 1 {
		switch h := how[0].(type) {
		case nil:
		case string:
			q.Action = h
		case action.Action:
			a = h
		default:
			panic(fmt.Sprintf("ask: Symmetries: how is a %T; give an action.Action or a text such as \"linear:3x2\"", h))
		}
	}
	s, err := About(function, inputs, q)
	if err != nil {
		return nil, err
	}
	s.how = a
	if a == nil && q.Action == "" {
		if s.question.Action, err = s.only(); err != nil {
			return nil, err
		}
	}
	moving, err := s.action()
	if err != nil {
		return nil, err
	}
	s.question.Flows = !s.given && movable(moving)
	return s.Ask(nil)
}

// only returns the only action that fits the inputs.
func (s *Subject) only() (string, error) {
	fits := Actions(s.Input())
	if len(fits) != 1 {
		return "", &NoActionError{s.Input()}
	}
	return fits[0].Action, nil
}

// title describes the question in a line.
func (s *Subject) title() string {
	if s.question.Data != "" && (s.question.Model != "" || s.given) {
		return s.question.String()
	}
	return "Symmetries of " + s.String()
}
