package onnx

import (
	"fmt"
	"slices"

	"github.com/gomlx/compute"

	"github.com/liegg/lab/liegg/network/onnx/internal/modelfile"
)

// chooseOutputs takes the output, or joins several.
func (m *converted) chooseOutputs(f *modelfile.File, outputs []string, s Settings) (err error) {
	if len(s.Outputs) == 0 {
		m.output, err = chosen("Output", s.Output, outputs, f.Tensors())
		return err
	}
	if s.Output != "" {
		return fmt.Errorf("Settings.Output is for one output: with Settings.Outputs, leave it out")
	}
	for i, name := range s.Outputs {
		if name, err = chosen("Outputs", name, outputs, f.Tensors()); err != nil {
			return err
		}
		if slices.Contains(s.Outputs[:i], name) {
			return fmt.Errorf("Settings.Outputs has %q twice", name)
		}
		m.joined = append(m.joined, name)
	}
	if len(m.joined) == 1 {
		m.output, m.joined = m.joined[0], nil
		return nil
	}
	m.output, err = f.Join(m.joined)
	return err
}

// joinable requires of several outputs that each could be the only one, and
// that all are of one type.
func (m *converted) joinable(backend compute.Backend) error {
	if m.joined == nil {
		return nil
	}
	known, err := m.shapes(backend, samples, m.joined)
	if err != nil {
		return nil // build finds out where
	}
	for i, name := range m.joined {
		if err := m.fits(name, known[i]); err != nil {
			return err
		}
		if known[i].DType != known[0].DType {
			return fmt.Errorf("%w %q is of type %s, and %q of type %s: export them in one type", errOutput, m.joined[0], known[0].DType, name, known[i].DType)
		}
	}
	return nil
}
