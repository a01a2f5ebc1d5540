// Package card takes the measurements of a machine with an NVIDIA GPU that package bench has no
// place for: jobs that are done once in a process, and results that two backends must share.
// .github/gpu.py runs them, each in a process of its own, and makes a table of them.
package card

import (
	"fmt"
	"slices"
	"time"

	"github.com/liegg/lab/liegg/network"
)

// A Result is what one measurement tells.
type Result struct {
	Name string
	// First is the time in seconds of the first run, which compiles, and Again are the times of
	// those after it.
	First float64   `json:",omitempty"`
	Again []float64 `json:",omitempty"`
	// Singular are the singular values of a spectrum, ascending.
	Singular []float64 `json:",omitempty"`
	// Text is what the last run printed.
	Text string `json:",omitempty"`
	// Backend names what computed.
	Backend string
}

// Settings of measurements.
type Settings struct {
	Small  bool   // less work, for a try on a CPU
	Rounds int    // runs after the first one
	ONNX   string // file of the network for "resnet18"
}

// Names are the measurements that Measure takes.
func Names() []string {
	return slices.Sorted(slices.Values([]string{"refine", "agree", "devices", "resnet18"}))
}

// Measure takes a measurement and passes its results to tell. It returns an error for an unknown
// name, and the errors of what it runs.
func Measure(name string, s Settings, tell func(Result)) error {
	measure := map[string]func(Settings, func(Result)) error{"refine": refine, "agree": agree, "devices": devices, "resnet18": resnet18}[name]
	if measure == nil {
		return fmt.Errorf("card: no measurement %q, only %q", name, Names())
	}
	backend, _, err := network.Provenance()
	if err != nil {
		return err
	}
	return measure(s, func(r Result) {
		r.Backend = backend
		tell(r)
	})
}

// timed runs work once and then again for some rounds.
func timed(name string, rounds int, work func() (text string, err error)) (r Result, err error) {
	r.Name = name
	for round := range rounds + 1 {
		begun := time.Now()
		if r.Text, err = work(); err != nil {
			return r, err
		}
		if took := time.Since(begun).Seconds(); round == 0 {
			r.First = took
		} else {
			r.Again = append(r.Again, took)
		}
	}
	return r, nil
}
