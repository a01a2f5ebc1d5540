package ask

import "strings"

// fields replaces names of settings in errors of other packages by the fields of a Question.
var fields = strings.NewReplacer("Settings.Inputs", "Question.Moves",
	"Settings.Input", "Question.Input", "Settings.Outputs", "Question.Outputs", "Settings.Shapes", "the shapes of the data", "Settings.Output", "Question.Output", "Settings.Shape", "the shape of the data",
	"Settings.Fixed", "the data", "Settings.From", "Question.From", "Settings.Layers", "Question.Layers", "Settings.Groups", "Question.Groups", "Settings.Validation", "Question.Targets", "Settings.Head", "Question.Head", "Settings.Batch", "Question.Batch",
	"onnx.Tensors", "ask.List", "jax.Outputs", "ask.List")

// fieldError is an error in the words of a Question.
type fieldError struct {
	error
	names *strings.Replacer
}

func (e fieldError) Error() string { return e.names.Replace(e.error.Error()) }
func (e fieldError) Unwrap() error { return e.error }

// inFields makes an error name fields of a Question in place of settings.
func inFields(err error) error {
	if err == nil {
		return nil
	}
	return fieldError{err, fields}
}
