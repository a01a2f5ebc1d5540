package main

import "strings"

// flagWords replaces names of Go in answers and errors by flags: the fields of a question, and the
// functions and settings that other packages advise to use.
var flagWords = strings.NewReplacer("(flow.Judge)", "(--flows)", "(network.JudgeByOutput)", "(--by-output)", "network.JudgeByOutput", "--by-output",
	"(network.Settings.Groups)", "(--groups)", "network.GroupsOf(1)", "--groups 1", "Verdict.Basis returns it", "--report FILE.npz holds it",
	"no action is given", "--action is missing", "Question.Action", "--action", "Question.Moves", "--move",
	"Question.Outputs", "--outputs", "Question.Output", "--output", "Question.Head", "--head", "Question.Input", "--input",
	"Question.LayerNames ", "--layers=", "Question.LayerNames", "--layers=NAME", "Question.Layers", "--layers", "Question.Layer", "--layer",
	"Question.From", "--from", "Question.ByOutput", "--by-output", "Question.By", "--by", "Question.Flows", "--flows", "Question.Groups", "--groups",
	"Question.Targets", "--targets", "Question.Tests", "--test", "Question.Samples", "--samples", "Question.Batch", "--batch",
	"Question.Invariants", "--invariants", "Question.Discrete", "--discrete", "ask.List", "--list")

// flagError is an error in the words of the command.
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
