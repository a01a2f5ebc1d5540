package judge

import "strings"

// flagNames replaces names of settings in errors of other packages by flags.
var flagNames = strings.NewReplacer("Settings.Inputs", "--move",
	"Settings.Input", "--input", "Settings.Outputs", "--outputs", "Settings.Shapes", "the shapes of the data", "Settings.Output", "--output", "Settings.Shape", "the shape of the data",
	"Settings.Fixed", "the data", "Settings.From", "--from", "Settings.Layers", "--layers", "Settings.Groups", "--groups", "Settings.Validation", "--targets", "Settings.Head", "--head", "Settings.Batch", "--batch")

// flagError is an error in the words of the command.
type flagError struct {
	error
	names *strings.Replacer
}

func (e flagError) Error() string { return e.names.Replace(e.error.Error()) }
func (e flagError) Unwrap() error { return e.error }

// inFlags makes an error name flags in place of settings.
func inFlags(err error) error {
	if err == nil {
		return nil
	}
	return flagError{err, flagNames}
}
