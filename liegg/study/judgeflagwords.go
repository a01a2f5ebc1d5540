package main

import "strings"

// flagWords replaces the fields of a question in errors of package ask by flags.
var flagWords = strings.NewReplacer("no action is given", "--action is missing", "Question.Action", "--action", "Question.Moves", "--move",
	"Question.Outputs", "--outputs", "Question.Output", "--output", "Question.Head", "--head", "Question.Input", "--input",
	"Question.LayerNames ", "--layers=", "Question.LayerNames", "--layers=NAME", "Question.Layers", "--layers", "Question.Layer", "--layer",
	"Question.From", "--from", "Question.ByOutput", "--by-output", "Question.By", "--by", "Question.Flows", "--flows", "Question.Groups", "--groups",
	"Question.Targets", "--targets", "Question.Tests", "--test", "Question.Samples", "--samples", "Question.Batch", "--batch",
	"Question.Invariants", "--invariants", "Question.Discrete", "--discrete", "ask.List", "--list")

// flagError is an error of package ask in the words of the command.
type flagError struct{ error }

func (e flagError) Error() string { return flagWords.Replace(e.error.Error()) }
func (e flagError) Unwrap() error { return e.error }

// inFlags makes an error name flags in place of the fields of a question.
func inFlags(err error) error {
	if err == nil {
		return nil
	}
	return flagError{err}
}
