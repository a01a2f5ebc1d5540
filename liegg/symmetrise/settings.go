package symmetrise

import (
	"cmp"
	"fmt"

	"github.com/gomlx/gomlx/core/tensors"

	"github.com/liegg/lab/liegg/network"
)

// Settings says what is measured. The zero value of each field stands for the default that it
// names.
type Settings struct {
	// Head is asked of the outputs first; the zero value takes them as they are.
	Head network.Head
	// Targets are the outputs that the samples should have, [N, m], as after Head; nil for none.
	Targets *tensors.Tensor
	// Labels say which samples to tell apart, such as their classes: one for each; nil for none.
	Labels []string
	// Groups says which samples belong together, as for network.Judge: intervals are then those of
	// groups.
	Groups network.Groups
	// Outside is the share of the data that elements of the group may carry out of their range, on
	// average; default .1. Beyond, f extrapolates, and the error tells of that. See action.Ranger.
	Outside float64
	// Batch is the number of samples that are moved at once; 0 chooses by the size of inputs.
	Batch int
	// Resamples is the number of bootstrap resamples; default 1000.
	Resamples int
	// Seed draws resamples.
	Seed uint64
	// Quiet shows no progress.
	Quiet bool
}

func (s Settings) withDefaults() Settings {
	s.Outside = cmp.Or(s.Outside, mostOutside)
	s.Resamples = cmp.Or(s.Resamples, 1000)
	if !(s.Outside > 0) || s.Resamples < 1 || s.Batch < 0 {
		panic(fmt.Sprintf("symmetrise: Settings.Outside and Resamples must be positive and Batch not negative, got %v, %d and %d", s.Outside, s.Resamples, s.Batch))
	}
	return s
}

// String names the fields, defaults filled in.
func (s Settings) String() string {
	targets := "no targets"
	if s.Targets != nil {
		targets = fmt.Sprintf("targets of shape %v", s.Targets.Shape().Dimensions)
	}
	batch := "by default"
	if s.Batch != 0 {
		batch = fmt.Sprint(s.Batch)
	}
	s = s.withDefaults()
	return fmt.Sprintf("Head: %s; %s, %d labels; %v; Outside %g, Batch %s, Resamples %d, Seed %d", s.Head, targets, len(s.Labels), s.Groups, s.Outside, batch, s.Resamples, s.Seed)
}
