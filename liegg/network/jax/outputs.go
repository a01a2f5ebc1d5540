package jax

import (
	"fmt"
	"slices"

	"github.com/liegg/lab/liegg/internal/bounded"
	"github.com/liegg/lab/liegg/internal/spelling"
	"github.com/liegg/lab/liegg/network"
)

// Output is an output of a file, or a hidden layer that was exported with it, with the type and
// shape for one sample.
type Output struct {
	network.Field
	Hidden bool
}

// Outputs lists the outputs of a file and then its layers, in the order of the file. Each name can
// be Settings.Output. budget is Settings.Budget. It returns the errors of Load that reading the file
// gives.
func Outputs(path string, budget int64) (list []Output, err error) {
	f, err := opened(path, budget)
	if err != nil {
		return nil, err
	}
	for _, o := range f.Outputs {
		list = append(list, Output{network.Field{Name: o.Name, Shape: o.as()}, o.Kind == kindLayer})
	}
	return list, nil
}

// opened is read, with the budget of Settings and with errors that name the file.
func opened(path string, budget int64) (f *file, err error) {
	if budget, err = bounded.Budget(budget); err == nil {
		f, err = read(path, budget)
	}
	if err != nil {
		return nil, fmt.Errorf("jax: %s: %w", path, err)
	}
	return f, nil
}

// chooseOutputs takes the outputs that the network computes.
func (n *jaxNetwork) chooseOutputs(s Settings) error {
	if s.Outputs == nil {
		i, err := n.chosen("Output", s.Output)
		n.outputs = []int{i}
		return err
	}
	if s.Output != "" {
		return fmt.Errorf("Settings.Output is for one output: with Settings.Outputs, leave it out")
	}
	if len(s.Outputs) == 0 {
		return fmt.Errorf("Settings.Outputs is empty: name outputs, or leave it out")
	}
	for _, name := range s.Outputs {
		i, err := n.chosen("Outputs", name)
		if err != nil {
			return err
		}
		if slices.Contains(n.outputs, i) {
			return fmt.Errorf("Settings.Outputs has %q twice", name)
		}
		n.outputs = append(n.outputs, i)
	}
	return nil
}

// chosen returns the index of an output or layer by the name that a field of Settings gives.
func (m *manifest) chosen(field, name string) (int, error) {
	var outputs, all []string
	for _, o := range m.Outputs {
		all = append(all, o.Name)
		if o.Kind == kindOutput {
			outputs = append(outputs, o.Name)
		}
	}
	if name == "" && field == "Output" && len(outputs) == 1 {
		name = outputs[0]
	}
	if i := slices.Index(all, name); i >= 0 {
		return i, nil
	}
	if name == "" && field == "Output" {
		return 0, fmt.Errorf("the file has the outputs %q: choose one by Settings.Output, or several by Settings.Outputs", outputs)
	}
	return 0, fmt.Errorf("there is no output %q for Settings.%s; the nearest is %q; jax.Outputs lists all, %.400q", name, field, spelling.Nearest(name, all), all)
}
