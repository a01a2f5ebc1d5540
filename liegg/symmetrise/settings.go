package symmetrise

import (
	"cmp"
	"fmt"

	"github.com/gomlx/gomlx/core/tensors"

	"github.com/liegg/lab/liegg/network"
)

// Settings defines what is measured. The zero value of each field means its default.
type Settings struct {
	// Head is applied to the outputs first; the zero value leaves them as they are.
	Head network.Head
	// Targets are the outputs that the samples should have, [N, m], as after Head; nil for none.
	Targets *tensors.Tensor
	// Labels is a label for each sample, such as its class, for the errors by label; nil for none.
	Labels []string
	// Groups says which samples belong together, as for network.Judge: intervals are then computed
	// by resampling groups.
	Groups network.Groups
	// Outside is the share of the data that elements of the group may move out of their range, on
	// average; default .1. Outside of the range f extrapolates, which affects the error. See
	// action.Ranger.
	Outside float64
	// Batch is the number of samples that are moved at once; 0 chooses by the size of inputs.
	Batch int
	// Resamples is the number of bootstrap resamples; default 1000.
	Resamples int
	// Seed is the seed of the resamples.
	Seed uint64
	// Quiet turns off the progress line.
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

// String lists the fields, with their defaults.
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
