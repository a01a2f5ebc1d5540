package flow

import (
	"cmp"
	"fmt"
	"math"

	"github.com/liegg/lab/liegg/flow/internal/fit"
	"github.com/liegg/lab/liegg/flow/internal/moved"
	"github.com/liegg/lab/liegg/flow/internal/sampling"
	"github.com/liegg/lab/liegg/network"
)

// Settings says how flows are tested. The zero value of each field means its default.
type Settings struct {
	// Head is applied to the outputs first; the zero value leaves them as they are. For
	// classifiers, use network.CentredLogits or network.NormalisedLogits.
	Head network.Head
	// BySize lets outputs count by their size, for instance if they are components of one
	// quantity. Otherwise they are scaled to one size, as by network.Judge.
	BySize bool
	// Groups says which samples belong together, as for network.Judge. Intervals are then
	// made of groups, and inputs are halved by whole groups. Without groups, tests look for
	// dependent samples, and answer "undetermined" if they find any.
	Groups network.Groups
	// Batch is the number of samples that are moved at once; 0 chooses it by the size of the
	// inputs.
	Batch int
	// Reach is how far flows are followed: |t| ≤ Reach in the generator's own parameter. The
	// default is π.
	Reach float64
	// Points is the number of parameters t at which Δ is measured, at least 2. The default is
	// 16.
	Points int
	// Random is the number of random generators to compare with. The default is 8; negative
	// means none.
	Random int
	// Tolerance is the largest Δ that counts as invariance. The default is .05, at which
	// outputs before and after correlate at .95.
	Tolerance float64
	// Outside is the share of the data that a flow may carry out of their range before it
	// ends. The default is .1. See action.Ranger.
	Outside float64
	// Margin is the largest relative change that verdicts count as invariance. The default is
	// .02.
	Margin float64
	// Resamples is the number of bootstrap resamples. The default is 1000.
	Resamples int
	// Seed determines random generators and resamples.
	Seed uint64
	// Fit says how Refine fits.
	Fit Fit
	// Verdict says how Judge judges by gradients. Its Head, BySize and Groups default to the
	// fields above. BySize and Groups above also default to those of Verdict.
	Verdict network.Settings
	// Quiet shows no progress.
	Quiet bool

	asTheyAre bool // outputs are not transformed, even if few samples carry their variance
}

// Fit says how generators are fitted to finite flows. The zero value of each field means its
// default.
type Fit struct {
	// Reach is the largest |t| of the flows that are fitted, with generators at the speed of
	// lie.UnitSpeed, so that t of a rotation is an angle in radians. The default is 1.5.
	Reach float64
	// Samples is the largest number of samples that are fitted. The default is 5000. The
	// error of a fit is mostly the sampling error.
	Samples int
	// Flows is the number of flows that are fitted, pairs of a direction in the span and a t.
	// It is rounded up to an even number, since they are fitted both ways. The default is 8
	// for each generator. A network jitters along each flow in its own way, and a fit to few
	// flows would follow the jitter.
	Flows int
	// Steps is the largest number of Gauss–Newton steps. The default is 10.
	Steps int
}

// withDefaults fills in the defaults. It panics if a field is out of range.
func (s Settings) withDefaults() Settings {
	s = s.filled()
	mustBePositive("Reach", s.Reach)
	mustBePositive("Points", s.Points)
	mustBePositive("Tolerance", s.Tolerance)
	mustBePositive("Outside", s.Outside)
	mustBePositive("Margin", s.Margin)
	mustBePositive("Resamples", s.Resamples)
	mustBePositive("Fit.Reach", s.Fit.Reach)
	mustBePositive("Fit.Samples", s.Fit.Samples)
	mustBePositive("Fit.Steps", s.Fit.Steps)
	if s.Points < 2 || s.Batch < 0 || s.Fit.Flows < 0 {
		panic(fmt.Sprintf("flow: Settings.Points must be at least 2, Batch and Fit.Flows not negative, got %d, %d and %d", s.Points, s.Batch, s.Fit.Flows))
	}
	return s
}

// filled returns settings with defaults in place of zeros.
func (s Settings) filled() Settings {
	s.Reach = cmp.Or(s.Reach, math.Pi)
	s.Points = cmp.Or(s.Points, 16)
	s.Random = cmp.Or(s.Random, 8)
	s.Tolerance = cmp.Or(s.Tolerance, .05)
	s.Outside = cmp.Or(s.Outside, .1)
	s.Margin = cmp.Or(s.Margin, .02)
	s.Resamples = cmp.Or(s.Resamples, 1000)
	s.Fit.Reach = cmp.Or(s.Fit.Reach, 1.5)
	s.Fit.Samples = cmp.Or(s.Fit.Samples, 5000)
	s.Fit.Steps = cmp.Or(s.Fit.Steps, 10)
	return s
}

// plan says which samples belong together.
func (s Settings) plan() sampling.Plan {
	return sampling.Plan{Groups: s.Groups, Resamples: s.Resamples, Seed: s.Seed}
}

// measuring says how outputs are measured.
func (s Settings) measuring() moved.Settings {
	return moved.Settings{Head: s.Head, BySize: s.BySize, AsTheyAre: s.asTheyAre, Batch: s.Batch,
		Outside: s.Outside, Tolerance: s.Tolerance, Seed: s.Seed}
}

// fitting says how generators are fitted.
func (s Settings) fitting() fit.Settings {
	return fit.Settings{Reach: s.Fit.Reach, Flows: s.Fit.Flows, Steps: s.Fit.Steps, Seed: s.Seed, Quiet: s.Quiet}
}

// reconciled fills in outputs and groups of Settings and of its Verdict from each other.
func (s Settings) reconciled() Settings {
	s.BySize = s.BySize || s.Verdict.BySize
	s.Verdict.BySize = s.BySize
	if !s.Groups.Given() {
		s.Groups = s.Verdict.Groups
	}
	if !s.Verdict.Groups.Given() {
		s.Verdict.Groups = s.Groups
	}
	if !s.Verdict.Head.Given() {
		s.Verdict.Head = s.Head
	}
	return s
}

func mustBePositive[N int | float64](name string, v N) {
	if !(v > 0) || math.IsInf(float64(v), 1) {
		panic(fmt.Sprintf("flow: Settings.%s must be positive and finite, got %v", name, v))
	}
}
