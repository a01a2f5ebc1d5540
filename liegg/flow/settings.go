package flow

import (
	"cmp"
	"fmt"
	"math"

	"github.com/liegg/lab/liegg/network"
)

// Settings says how flows are tested. The zero value of each field stands for the
// default that it names.
type Settings struct {
	// Head is asked of the outputs first; the zero value takes them as they are.
	// Classifiers want network.CentredLogits or network.NormalisedLogits.
	Head network.Head
	// BySize lets outputs count by their size, as where they are components of one
	// quantity. They are brought to one size otherwise, as by network.Judge.
	BySize bool
	// Groups says which samples belong together, as for network.Judge: intervals are then
	// those of groups, and inputs are halved by whole groups. Where it is not given,
	// tests look for dependence, and answer "undetermined" where they find any.
	Groups network.Groups
	// Batch is the number of samples that are moved at once; 0 chooses by the size
	// of inputs.
	Batch int
	// Reach is how far flows are followed, |t| ≤ Reach in the generator's own
	// parameter; default π.
	Reach float64
	// Points is the number of t at which Δ is measured, at least 2; default 16.
	Points int
	// Random is the number of random generators beside; default 8, negative for
	// none.
	Random int
	// Tolerance is the Δ up to which invariance is said to hold; default .05, where
	// outputs before and after correlate at .95.
	Tolerance float64
	// Outside is the share of the data that a flow may carry out of their range
	// before it is cut; default .1. See action.Ranger.
	Outside float64
	// Margin is the relative change up to which a network counts as invariant, for
	// verdicts; default .02.
	Margin float64
	// Resamples is the number of bootstrap resamples; default 1000.
	Resamples int
	// Seed draws random generators and resamples.
	Seed uint64
	// Fit says how Refine fits.
	Fit Fit
	// Verdict says how Judge judges by gradients. Head, BySize and Groups there are those
	// above where they are not set, and the other way round for BySize and Groups.
	Verdict network.Settings
	// Quiet shows no progress.
	Quiet bool

	blocks  []int // of samples, for intervals; nil where neighbours make a block
	repeats int   // samples that are equal to others, which are in one group then; see within
}

// Fit says how generators are fitted to finite flows. The zero value of each field
// stands for the default that it names.
type Fit struct {
	// Reach is T: flows are fitted for |t| ≤ T, with generators at the speed of
	// lie.UnitSpeed, so that t of a rotation is an angle in radians; default 1.5.
	Reach float64
	// Samples is the number of samples that are fitted at most; default 5000:
	// the error of a fit is mostly that of the sample.
	Samples int
	// Flows is the number of pairs of a direction in the span and a t, made even as
	// they are fitted both ways; default 8 for each generator. A network jitters
	// along each flow in its own way, which a fit to few of them would follow.
	Flows int
	// Steps is the number of Gauss–Newton steps at most; default 10.
	Steps int
}

// withDefaults fills in the defaults. It panics where a field makes no sense.
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

// filled has defaults in the place of zeros.
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

// flowsOf is the number of flows that d generators are fitted to.
func (s Settings) flowsOf(d int) int {
	if s.Fit.Flows > 0 {
		return s.Fit.Flows
	}
	return 8 * d
}

func mustBePositive[N int | float64](name string, v N) {
	if !(v > 0) || math.IsInf(float64(v), 1) {
		panic(fmt.Sprintf("flow: Settings.%s must be positive and finite, got %v", name, v))
	}
}
