package network

import (
	"fmt"

	"github.com/liegg/lab/liegg"
	"github.com/liegg/lab/liegg/action"
	"github.com/liegg/lab/liegg/dataset"
	"github.com/liegg/lab/liegg/network/internal/activity"
	"github.com/liegg/lab/liegg/network/internal/checks"
	"github.com/liegg/lab/liegg/network/internal/extraction"
	"github.com/liegg/lab/liegg/network/internal/jacobian"
)

// Settings says how polarization rows are computed. The zero value is ready for use.
type Settings struct {
	// Head is applied to the outputs first; the zero value leaves them as they are. For
	// classifiers, use CentredLogits.
	Head Head
	// Batch is the number of samples in a chunk; 0 chooses it by the size of the inputs.
	Batch int
	// Mode is how J·T is computed; 0 chooses the mode with the fewest passes.
	Mode Differentiation
	// Gram selects the K×K Gram matrix, summed in float64 on the device, for float64 inputs,
	// too. By default their rows go through a streamed QR decomposition, because a Gram
	// matrix is only accurate to 1e-8 of the largest singular value. Float32 rows carry more
	// noise than that and always use the Gram matrix. So do more than 1000 candidates, whose
	// QR decomposition would take minutes.
	Gram bool
	// Smallest is the number of generators in a spectrum, the smallest ones. 0 means all up
	// to K = 1000, and liegg.Listed beyond. See liegg.Polarization.Smallest.
	Smallest int
	// Rule says what Judge requires to call a direction a symmetry.
	Rule liegg.Rule
	// BySize lets outputs count in a verdict by the size of their gradients, for instance if
	// they are components of one quantity. Otherwise Judge scales each of them to one size. By
	// size, action.Unknown moves outputs only in the directions in which they are more than .01
	// of the largest, such as the three of an antisymmetric tensor; see rep.UsedOutputs.
	BySize bool
	// Groups says which samples belong together (GroupsOf, GroupsBy, GroupsOfLengths). Judge
	// splits and resamples evidence by group. Without groups, Judge looks for dependent
	// samples, and answers "undetermined" if it finds any. Spectra do not depend on groups,
	// and profile.Layers does not accept them.
	Groups Groups
	// Validation are samples with targets, in the units of the network, that it was not
	// trained on: floats, or int32 labels for a classifier. A verdict then says how much of
	// the variance of the targets, or of the labels, the network leaves unexplained, and is
	// undetermined if that is too much. It may be nil.
	Validation *dataset.Samples
	// Noise is the share of the variance of float Validation targets, in [0, 1], that is
	// known to be noise, such as the square of a measurement's error divided by the targets'
	// variance. 0 means the value that TargetNoise finds.
	Noise float64
	// Watch is called after each chunk with the number of samples processed so far. Its error
	// ends the work and is returned. It may be nil.
	Watch func(samples int) error

	allotment *allotment       // assigns samples to blocks, if groups are given
	activity  *activity.Record // records the outputs, if that is asked for
	parts     *parts           // results of other processes; nil if there are none
	together  int              // blocks of Batch samples in a chunk; 0 means 1
}

// String lists the fields.
func (s Settings) String() string {
	validation := "none"
	if s.Validation != nil {
		validation = s.Validation.String()
	}
	watched := ""
	if s.Watch != nil {
		watched = "; watched"
	}
	return fmt.Sprintf("Head: %s; Batch: %s; Mode: %v; Gram: %v; Smallest: %s; Rule: %v; BySize: %v; Groups: %v; Validation: %s; Noise: %s%s",
		s.Head, orDefault(s.Batch != 0, s.Batch), s.Mode, s.Gram, orDefault(s.Smallest != 0, s.Smallest), s.Rule, s.BySize, s.Groups, validation, orDefault(s.Noise != 0, s.Noise), watched)
}

// orDefault returns a value if it is given.
func orDefault(given bool, value any) string {
	if given {
		return fmt.Sprint(value)
	}
	return "by default"
}

// mustBeUsable panics with the name of the argument that cannot be used.
func mustBeUsable(n *Network, a action.Action, inputs Inputs, s Settings) {
	if n == nil || n.Forward == nil || n.Store == nil {
		panic("network: n must be a network with a Forward function and a Store")
	}
	if a == nil {
		panic("network: the action a is nil")
	}
	if _, ok := a.(action.ImageToImage); ok {
		panic("network: verdicts by gradients are not made for images that become images: follow finite flows, as flow.Test of package flow does")
	}
	if inputs == nil {
		panic("network: inputs is nil: make a stream with Tensor or Dataset")
	}
	if s.Batch < 0 {
		panic(fmt.Sprintf("network: Settings.Batch must not be negative, got %d", s.Batch))
	}
	if s.Smallest < 0 {
		panic(fmt.Sprintf("network: Settings.Smallest must not be negative, got %d", s.Smallest))
	}
	if !(s.Noise >= 0 && s.Noise <= 1) {
		panic(fmt.Sprintf("network: Settings.Noise is a share of the targets' variance, from 0 to 1, got %g", s.Noise))
	}
}

// rows are the settings of the program that computes rows and sums.
func (s Settings) rows() extraction.Settings {
	h := extraction.Settings{Head: s.Head, Mode: jacobian.Mode(s.Mode), Gram: s.Gram, BySize: s.BySize, Batch: s.Batch, Together: s.together, Grouped: s.grouped(), Activity: s.activity}
	if s.parts != nil {
		h.Replay = s.parts.replay().results
	}
	return h
}

// reviewing are the settings of the checks of a verdict.
func (s Settings) reviewing() checks.Settings {
	return checks.Settings{Settings: s.rows(), BlockOf: s.blockOf}
}

// grouped reports whether chunks hold samples that depend on each other.
func (s Settings) grouped() bool { return s.allotment != nil && s.Groups.given }
